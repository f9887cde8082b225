import type { Logger, Mailer } from '@diaspora/kit';
import type { TextingConfig } from './config.js';
import { textsAreNotSetUp, textsCannotLeave } from './errors.js';
import { createTwilioTexting, type TwilioOptions } from './twilio.js';

export interface TextMessage {
  /** E.164: +4930123456. */
  readonly to: string;
  readonly text: string;
}

/** Sends text messages to telephones. */
export interface Texting {
  /**
   * Throws AppError: INVALID_INPUT when the number takes no texts, which trying again does not change; UNAVAILABLE
   * otherwise. Neither the error nor the log says to whom, or what.
   */
  send(message: TextMessage): Promise<void>;
}

interface Dependencies {
  readonly mailer: Mailer;
  readonly log: Logger;
  /** Another Twilio than Twilio's. */
  readonly twilio?: Pick<TwilioOptions, 'baseUrl' | 'timeoutMs'>;
}

/** The one way out that is configured. */
export async function createTexting(
  config: TextingConfig,
  { mailer, log, twilio }: Dependencies,
): Promise<Texting> {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, SMS_MAILBOX } = config;
  if (TWILIO_ACCOUNT_SID && TWILIO_AUTH_TOKEN && TWILIO_FROM) {
    const account = { accountSid: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN, from: TWILIO_FROM };
    return createTwilioTexting({ ...account, ...twilio, log });
  }
  return SMS_MAILBOX === undefined ? noTexting : createMailedTexting({ mailer, log, mailbox: SMS_MAILBOX });
}

/** For machines without a telephone: texts are read in a mailbox. */
const createMailedTexting = ({ mailer, log, mailbox }: Dependencies & { mailbox: string }): Texting => ({
  send: async ({ to, text }) => {
    try {
      await mailer.send({ to: mailbox, subject: `SMS to ${to}`, text });
    } catch (error) {
      log.warn({ err: error }, 'a text message was not mailed');

      throw textsCannotLeave();
    }
  },
});

const noTexting: Texting = {
  send: async () => {
    throw textsAreNotSetUp();
  },
};

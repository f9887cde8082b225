import type { Logger } from '@diaspora/kit';
import { numberTakesNoTexts, textsCannotLeave } from './errors.js';
import type { Texting } from './texting.js';

export interface TwilioOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** A number of ours, the id of a messaging service, or a name where countries allow one. */
  readonly from: string;
  readonly log: Logger;
  /** Milliseconds until a silent Twilio counts as away. */
  readonly timeoutMs?: number;
  readonly baseUrl?: string;
}

/**
 * Answers that are about the number and stay the same: not valid, a short code, our own, a country that is not enabled,
 * opted out, not reachable from ours, not a mobile, a landline. Source: www.twilio.com/docs/api/errors
 */
const numberFaults: ReadonlySet<unknown> = new Set([21211, 21265, 21266, 21408, 21610, 21612, 21614, 21635]);

const isMessagingService = /^MG[0-9a-f]{32}$/;

/** Text messages through Twilio's Messages resource. */
export async function createTwilioTexting(options: TwilioOptions): Promise<Texting> {
  const {
    accountSid,
    authToken,
    from,
    log,
    timeoutMs = 10_000,
    baseUrl = 'https://api.twilio.com',
  } = options;
  const { default: twilio } = await import('twilio');
  const client = twilio(accountSid, authToken, { timeout: timeoutMs });
  client.api.baseUrl = baseUrl;
  const sender = isMessagingService.test(from) ? { messagingServiceSid: from } : { from };
  return {
    send: async ({ to, text }) => {
      try {
        await client.messages.create({ ...sender, to, body: text });
      } catch (error) {
        // Twilio's own words quote the number, and the library's errors the whole request.
        const { status, code } = error as { status?: number; code?: number | string };
        log.warn({ status, code }, 'Twilio did not take a text message');

        throw numberFaults.has(code) ? numberTakesNoTexts() : textsCannotLeave();
      }
    },
  };
}

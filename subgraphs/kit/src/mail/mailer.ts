import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import type { MailConfig } from './config.js';

export interface MailAttachment {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface Mail {
  /** One address. */
  readonly to: string;
  readonly subject: string;
  /** What is read where there is no HTML. */
  readonly text: string;
  readonly html?: string;
  /** One address; answers go to the sender without it. */
  readonly replyTo?: string;
  readonly attachments?: readonly MailAttachment[];
  /** Takes a POST that ends mails of this kind at once, whoever sends it (RFC 8058). */
  readonly unsubscribeUrl?: string;
  /**
   * Makes the Message-ID: a job that runs again sends the same mail, and mailboxes show it once. Not for mails whose
   * content differs each time, such as fresh codes: the second would be lost.
   */
  readonly id?: string;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** Milliseconds until a silent SMTP server counts as away; nodemailer would wait for minutes. */
const timeoutMs = 10_000;

/** A mail that no server accepted. Says neither to whom it was going nor what the server said, which quotes the address. */
export class MailNotTaken extends Error {
  /** The server will not take it another time either. */
  readonly isFinal: boolean;
  /** The connection broke while nobody knew whether the server had it. */
  readonly mayHaveArrived: boolean;
  constructor(message: string, about: { readonly isFinal: boolean; readonly mayHaveArrived: boolean }) {
    super(message);
    this.name = 'MailNotTaken';
    this.isFinal = about.isFinal;
    this.mayHaveArrived = about.mayHaveArrived;
  }
}

/**
 * Sends through an SMTP server, or through the second one when the first certainly did not take the mail and may take
 * others. Rejects with MailNotTaken.
 */
export async function createMailer(config: MailConfig): Promise<Mailer> {
  const { createTransport } = await import('nodemailer');
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const urls = [config.SMTP_URL, config.SMTP_FALLBACK_URL].filter((url) => url !== undefined);

  async function attempt(url: string, message: SendMailOptions): Promise<MailNotTaken | null> {
    const handedOver = watch();
    const transport = createTransport({ url, ...timeouts, logger: handedOver.logger });
    return transport.sendMail(message).then(
      () => null,
      (error: SmtpFailure) => failureOf(error, handedOver.isWhole()),
    );
  }

  return {
    send: async (mail) => {
      const message = messageOf(mail, config.MAIL_FROM);
      for (const [index, url] of urls.entries()) {
        const failure = await attempt(url, message);
        if (!failure) return;
        const isLast = index === urls.length - 1;
        if (isLast || failure.isFinal || failure.mayHaveArrived) throw failure;
      }
    },
  };
}

/** Whether the server was given the mail to its end: nodemailer tells its log, and nothing else. Nothing is kept of it. */
function watch() {
  let isWhole = false;
  const nothing = () => undefined;
  const info = (entry: { readonly tnx?: string }) => void (isWhole ||= entry.tnx === 'message');
  const levels = { trace: nothing, debug: nothing, warn: nothing, error: nothing, fatal: nothing };
  return { logger: { ...levels, info, level: nothing }, isWhole: () => isWhole };
}

interface SmtpFailure {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** Without an answer nobody knows what became of a whole mail. Policies (5.7) are of a server, not of a mailbox. */
function failureOf(
  { code = 'unknown', command, responseCode, response = '' }: SmtpFailure,
  wasWhole: boolean,
) {
  const isOfMailbox = command === 'RCPT TO' && !/^\d{3}[ -]5\.7\./.test(response);
  return new MailNotTaken(`The SMTP server did not take a mail (${code}, answer ${responseCode ?? 'none'})`, {
    isFinal: isOfMailbox && responseCode !== undefined && responseCode >= 500,
    mayHaveArrived: wasWhole && responseCode === undefined,
  });
}

function messageOf(mail: Mail, from: string): SendMailOptions {
  const { to, subject, text, html, replyTo, attachments = [], unsubscribeUrl, id } = mail;
  return {
    from,
    to: addressOf(to),
    subject,
    text,
    ...(html !== undefined && { html }),
    ...(replyTo !== undefined && { replyTo: addressOf(replyTo) }),
    ...(id !== undefined && { messageId: messageIdOf(id, from) }),
    ...(unsubscribeUrl !== undefined && { list: { unsubscribe: unsubscribeUrl } }),
    headers: {
      // RFC 3834: nobody's holiday notice answers.
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl !== undefined && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
    },
    attachments: attachments.map(({ name, contentType, bytes }) => ({
      filename: name,
      contentType,
      content: Buffer.from(bytes),
    })),
  };
}

/** As text it could be a list of several. */
const addressOf = (address: string) => ({ name: '', address });

/** Hashed, as ids may hold what only their service should know. */
function messageIdOf(id: string, from: string): string {
  const domain = /@([^@>]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domain}>`;
}

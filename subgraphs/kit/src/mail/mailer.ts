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
  const transports = urls.map((url) => createTransport({ url, ...timeouts }));
  return {
    send: async (mail) => {
      const message = messageOf(mail, config.MAIL_FROM);
      for (const [index, transport] of transports.entries()) {
        const failure = await transport.sendMail(message).then(() => null, failureOf);
        if (!failure) return;
        const isLast = index === transports.length - 1;
        if (isLast || failure.isFinal || failure.mayHaveArrived) throw failure;
      }
    },
  };
}

interface SmtpFailure {
  readonly code?: string;
  readonly responseCode?: number;
  readonly syscall?: string;
  readonly message?: string;
}

const beforeTheMail = ['EDNS', 'EAUTH', 'ETLS', 'EENVELOPE'];

function failureOf(error: SmtpFailure): MailNotTaken {
  const { code = 'unknown', responseCode, syscall, message = '' } = error;
  const isCertain =
    responseCode !== undefined ||
    beforeTheMail.includes(code) ||
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    /^(Greeting never received|Connection timeout)/.test(message);
  return new MailNotTaken(`The SMTP server did not take a mail (${code}, answer ${responseCode ?? 'none'})`, {
    isFinal: code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500,
    mayHaveArrived: !isCertain,
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

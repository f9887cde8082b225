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

/** Sends through an SMTP server; rejects when it does not accept the mail, without saying to whom it was going. */
export async function createMailer({ SMTP_URL, MAIL_FROM }: MailConfig): Promise<Mailer> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    url: SMTP_URL,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail(messageOf(mail, MAIL_FROM));
      } catch (error) {
        // The server's own words quote the address, and this error is logged.
        const { code = 'unknown', responseCode = 'none' } = error as { code?: string; responseCode?: number };
        // eslint-disable-next-line preserve-caught-error -- for that reason
        throw new Error(`The SMTP server did not take a mail (${code}, answer ${responseCode})`);
      }
    },
  };
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

import { createTransport } from 'nodemailer';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** Milliseconds until a silent SMTP server counts as away; nodemailer would wait for minutes. */
const timeoutMs = 10_000;

/** Sends through an SMTP server; rejects when it does not accept the mail, without saying to whom it was going. */
export function createMailer(options: { url: string; from: string }): Mailer {
  const transport = createTransport({
    url: options.url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail({ from: options.from, ...mail });
      } catch (error) {
        // The server's own words quote the address, and this error is logged.
        const { code = 'unknown', responseCode = 'none' } = error as { code?: string; responseCode?: number };
        // eslint-disable-next-line preserve-caught-error -- for that reason
        throw new Error(`The SMTP server did not take a mail (${code}, answer ${responseCode})`);
      }
    },
  };
}

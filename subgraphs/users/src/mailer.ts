import { createTransport } from 'nodemailer';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** Sends through an SMTP server; rejects when it does not accept the mail. */
export function createMailer(options: { url: string; from: string }): Mailer {
  const transport = createTransport(options.url);
  return {
    send: async (mail) => {
      await transport.sendMail({ from: options.from, ...mail });
    },
  };
}

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server';
import { loadConfig } from '../config.js';
import { mailConfigShape } from './config.js';
import { createMailer, type Mailer } from './mailer.js';

const mail = { to: 'ana@example.org', subject: 'Code', text: '123456' };

interface Arrival {
  readonly recipients: readonly string[];
  readonly email: Email;
}

let arrivals: Arrival[];
let server: SMTPServer;
let mailer: Mailer;

async function keep(stream: Readable, { rcptTo }: SMTPServerEnvelope): Promise<void> {
  const email = await PostalMime.parse(Buffer.concat(await stream.toArray()));
  arrivals.push({ recipients: rcptTo.map(({ address }) => address), email });
}

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 500,
    onData: (stream, { envelope }, done) => void keep(stream, envelope).then(() => done(), done),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  mailer = await createMailer({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'Diaspora <no-reply@diaspora.example>',
  });
});
beforeEach(() => {
  arrivals = [];
});
afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

const headerOf = ({ email }: Arrival, name: string) => email.headers.find(({ key }) => key === name)?.value;

describe('the mailer', () => {
  it('sends text alone', async () => {
    await mailer.send({ ...mail, subject: 'Grüße 👋' });
    const [{ email, recipients }] = arrivals as [Arrival];
    expect(recipients).toEqual(['ana@example.org']);
    expect(email).toMatchObject({ subject: 'Grüße 👋', text: '123456\n', attachments: [] });
    expect(email.html).toBeUndefined();
    expect(email.from).toEqual({ name: 'Diaspora', address: 'no-reply@diaspora.example' });
    expect(headerOf(arrivals[0]!, 'auto-submitted')).toBe('auto-generated');
    expect(headerOf(arrivals[0]!, 'list-unsubscribe-post')).toBeUndefined();
  });

  it('sends HTML beside the text, files, and where answers go', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    await mailer.send({
      ...mail,
      html: '<p>123456</p>',
      replyTo: 'help@example.org',
      attachments: [{ name: 'Rechnung März.pdf', contentType: 'application/pdf', bytes }],
    });
    const [{ email }] = arrivals as [Arrival];
    expect(email).toMatchObject({ text: '123456\n', html: '<p>123456</p>\n' });
    expect(email.replyTo).toMatchObject([{ address: 'help@example.org' }]);
    const [file] = email.attachments;
    expect(file).toMatchObject({ filename: 'Rechnung März.pdf', mimeType: 'application/pdf' });
    expect(Buffer.from(file!.content as ArrayBuffer).equals(bytes)).toBe(true);
  });

  it('offers to end mails of a kind with one click, however long the link is', async () => {
    const unsubscribeUrl = `https://api.example.org/unsubscribe?token=${'a1b2c3d4'.repeat(60)}`;
    await mailer.send({ ...mail, unsubscribeUrl });
    expect(headerOf(arrivals[0]!, 'list-unsubscribe')).toBe(`<${unsubscribeUrl}>`);
    expect(headerOf(arrivals[0]!, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  });

  it('sends the same Message-ID for the same id, another for another, and never the id itself', async () => {
    for (const id of ['invoice:ana@example.org', 'invoice:ana@example.org', 'invoice:2'])
      await mailer.send({ ...mail, id });
    for (const unnamed of [mail, mail]) await mailer.send(unnamed);
    const ids = arrivals.map(({ email }) => email.messageId);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@diaspora\.example>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(4);
  });

  it.each(['ana@example.org, eve@example.org', 'ana@example.org\r\nBcc: eve@example.org'])(
    'does not take %j for several recipients',
    async (to) => {
      await mailer.send({ ...mail, to }).catch(() => undefined);
      expect(arrivals.flatMap(({ recipients }) => recipients)).not.toContain('eve@example.org');
    },
  );
});

/** An SMTP server that refuses every recipient, naming it as real ones do. */
async function refusingServer() {
  const refusing = createServer((socket) => {
    socket.write('220 mail.example\r\n');
    socket.on('data', (chunk) => {
      const refusal = '550 5.1.1 <ana@example.org>: no such user here\r\n';
      socket.write(chunk.toString().startsWith('RCPT') ? refusal : '250 ok\r\n');
    });
    socket.on('error', () => undefined);
  });
  refusing.listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  return {
    url: `smtp://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
    stop: () => refusing.close(),
  };
}

describe('a mail that is not taken', () => {
  const mailerTo = (url: string) => createMailer({ SMTP_URL: url, MAIL_FROM: 'no-reply@example.org' });

  it('is told with the reason, and not to whom it was going', async () => {
    const refusing = await refusingServer();
    const sending = (await mailerTo(refusing.url)).send(mail);
    const error = await sending.catch((reason: unknown) => reason as Error);
    refusing.stop();
    expect(error).toMatchObject({ message: expect.stringMatching(/EENVELOPE, answer 550/) });
    expect(JSON.stringify([String(error), (error as Error).stack, error])).not.toContain('ana@');
  });

  it('is told when there is no server', async () => {
    const mailerToNobody = await mailerTo('smtp://127.0.0.1:1');
    await expect(mailerToNobody.send(mail)).rejects.toThrow('did not take a mail (ESOCKET');
  });
});

describe('the configuration of mail', () => {
  const env = { SMTP_URL: 'smtp://localhost' };

  it.each([
    'no-reply@example.org',
    'Diaspora <no-reply@example.org>',
    'Diaspora e.V. <no-reply@example.org>',
  ])('takes the sender "%s"', (sender) => {
    expect(loadConfig(mailConfigShape, { ...env, MAIL_FROM: sender }).MAIL_FROM).toBe(sender);
  });

  it.each(['Diaspora', 'a@b.c, d@e.f', 'Diaspora <no-reply>', 'a@b <c@d> <e@f>'])(
    'refuses the sender "%s"',
    (sender) => {
      expect(() => loadConfig(mailConfigShape, { ...env, MAIL_FROM: sender })).toThrow('MAIL_FROM: must be');
    },
  );
});

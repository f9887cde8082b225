import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  refusing,
  refusingAfterwards,
  startDyingSmtpServer,
  startSmtpServer,
  type TestSmtpServer,
} from '../testing/smtp-servers.js';
import { createMailer, type Mail, type MailNotTaken } from './mailer.js';

const mail: Mail = { to: 'ana@example.org', subject: 'News', text: 'Ben wrote' };
/** More than what waits in the buffers of a connection. */
const bytes = Buffer.alloc(12_000_000);
const largeMail = { ...mail, attachments: [{ name: 'scan.pdf', contentType: 'application/pdf', bytes }] };

type Start = () => Promise<TestSmtpServer>;

describe('a mail for which there are two servers', () => {
  let second: TestSmtpServer;
  beforeAll(async () => {
    second = await startSmtpServer();
  });
  afterAll(() => second.stop());
  beforeEach(() => {
    second.taken.length = 0;
  });

  /** How the sending ended, and how many mails the first server took and the second. */
  async function send(start: Start, letter = mail) {
    const first = await start();
    const mailer = await createMailer({
      SMTP_URL: first.url,
      SMTP_FALLBACK_URL: second.url,
      MAIL_FROM: 'no-reply@example.org',
    });
    const outcome = await mailer.send(letter).then(
      () => 'SENT',
      ({ isFinal, mayHaveArrived }: MailNotTaken) => ({ isFinal, mayHaveArrived }),
    );
    await first.stop();
    return [outcome, first.taken.length, second.taken.length];
  }

  it('goes to the first one alone when that takes it', async () => {
    expect(await send(() => startSmtpServer())).toEqual(['SENT', 1, 0]);
  });

  const away = async () => {
    const server = await startSmtpServer();
    await server.stop();
    return { ...server, stop: () => Promise.resolve() };
  };
  const full: Start = () =>
    startSmtpServer({ onConnect: (session, done) => refusing(421)(null, session, done) });

  it.each<[string, Start]>([
    ['is not there', away],
    ['dies before it greets', () => startDyingSmtpServer('GREETING')],
    ['dies when it is greeted', () => startDyingSmtpServer('EHLO')],
    ['dies when it hears for whom it is', () => startDyingSmtpServer('RCPT')],
    ['wants nobody now (421)', full],
    ['does not know the sender (550)', () => startSmtpServer({ onMailFrom: refusing(550) })],
    ['does not take the sender now (451)', () => startSmtpServer({ onMailFrom: refusing(451) })],
    ['has no room now (452)', () => startSmtpServer({ onRcptTo: refusing(452) })],
    ['does not relay (554 5.7.1)', () => startSmtpServer({ onRcptTo: refusing(554, '5.7.1 no relaying') })],
    ['does not take what it says (554)', () => startSmtpServer({ onData: refusingAfterwards(554) })],
    ['fails once it has it all (451)', () => startSmtpServer({ onData: refusingAfterwards(451) })],
    ['wants a password that we do not have', () => startSmtpServer({ authOptional: false })],
  ])('goes to the second one when the first one %s', async (_name, start) => {
    expect(await send(start)).toEqual(['SENT', 0, 1]);
  });

  it('goes to the second one when the first one dies in the middle of it', async () => {
    expect(await send(() => startDyingSmtpServer('MIDDLE'), largeMail)).toEqual(['SENT', 0, 1]);
  });

  it('goes nowhere else when the first one knows no such mailbox', async () => {
    const start = () => startSmtpServer({ onRcptTo: refusing(550, '5.1.1 no such user') });
    expect(await send(start)).toEqual([{ isFinal: true, mayHaveArrived: false }, 0, 0]);
  });

  it('goes nowhere else when the first one has it all and dies without an answer', async () => {
    const outcome = { isFinal: false, mayHaveArrived: true };
    expect(await send(() => startDyingSmtpServer('END'))).toEqual([outcome, 0, 0]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMailer, createOutbox, idType, MailNotTaken, type Mailer } from '@diaspora/kit';
import {
  refusing,
  silentLog,
  startDyingSmtpServer,
  startSmtpServer,
  type TestSmtpServer,
} from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { messages } from '../messages.js';
import { givenUsers } from '../testing/given.js';
import { createForwardedMails } from './forwarding.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;

const refused = (about: { isFinal: boolean; mayHaveArrived: boolean }) => new MailNotTaken('no', about);

describe('a mail that another subgraph asks for', () => {
  let users: Users;
  let person: Person;
  let mailId: string;
  beforeAll(async () => {
    users = await givenUsers();
  });
  afterAll(() => users.stop());
  beforeEach(async () => {
    users.mails.length = 0;
    mailId = userIds.create();
    person = await users.given.person();
  });

  const request = (overrides: object = {}) => ({
    ...{ mailId, userId: person.publicId, subject: 'News', text: 'Ben wrote', html: '<p>Ben wrote</p>' },
    unsubscribeUrl: 'https://messaging.example/unsubscribe?token=t',
    sendBefore: new Date(users.clock.now().getTime() + 60_000).toISOString(),
    ...overrides,
  });
  const ask = (overrides: object = {}) => users.receive('messaging', 'mail.requested', request(overrides));
  const forward = () => users.runAdded({ name: 'sendForwardedMail' });
  const answers = async () => (await users.messages(mailId)).map(({ type, data }) => [type, data['outcome']]);
  const forwardBy = async (mailer: Mailer) => {
    const { db, clock, privateStore } = users;
    const outbox = createOutbox(messages, { clock });
    const { jobs } = createForwardedMails({ db, clock, mailer, privateStore, outbox });
    await jobs['sendForwardedMail']!.run({ mailId } as never, { log: silentLog } as never);
  };

  it('is sent to the address of the person, once, with the link that ends such mails', async () => {
    await ask();
    await forward();
    await forward();
    expect(users.mails).toEqual([
      {
        ...{ to: person.email, subject: 'News', text: 'Ben wrote', html: '<p>Ben wrote</p>' },
        unsubscribeUrl: 'https://messaging.example/unsubscribe?token=t',
        id: `forwarded:${mailId}`,
      },
    ]);
    expect(await answers()).toEqual([['mail.settled', 'SENT']]);
    expect(await users.db.forwardedMail.count()).toBe(0);
  });

  it('is not sent again when the process died in the attempt', async () => {
    await ask();
    await users.db.forwardedMail.update({ where: { id: mailId }, data: { attemptedAt: users.clock.now() } });
    await forward();
    expect(users.mails).toEqual([]);
    expect(await answers()).toEqual([['mail.settled', 'UNCONFIRMED']]);
  });

  it('is sent once by two workers', async () => {
    await ask();
    await Promise.all([1, 2].map(() => users.run({ name: 'sendForwardedMail' }, { mailId })));
    expect(users.mails).toHaveLength(1);
    expect((await answers()).length).toBe(1);
  });

  it.each([
    ['REFUSED for now', refused({ isFinal: false, mayHaveArrived: false })],
    ['UNDELIVERABLE', refused({ isFinal: true, mayHaveArrived: false })],
    ['UNCONFIRMED when the connection broke', refused({ isFinal: false, mayHaveArrived: true })],
    ['UNCONFIRMED after an error of ours', new Error('broken')],
  ])('is told to be %s', async (outcome, error) => {
    await ask();
    await forwardBy({ send: () => Promise.reject(error) });
    expect(await answers()).toEqual([['mail.settled', outcome.split(' ')[0]]]);
  });

  it('is not sent when its time is over', async () => {
    await ask({ sendBefore: users.clock.now().toISOString() });
    await forward();
    expect(users.mails).toEqual([]);
    expect(await answers()).toEqual([['mail.settled', 'EXPIRED']]);
  });

  it.each([
    ['is kept out', { suspendedAt: new Date() }],
    ['has proved no address', { emailVerifiedAt: null }],
  ])('is not sent to whoever %s', async (_name, data) => {
    await users.db.account.update({ where: { id: person.id }, data });
    await ask();
    await forward();
    expect(users.mails).toEqual([]);
    expect(await answers()).toEqual([['mail.settled', 'UNDELIVERABLE']]);
  });

  it('is not sent to somebody who is not there any more', async () => {
    await ask({ userId: userIds.encode(userIds.create()) });
    await forward();
    expect(await answers()).toEqual([['mail.settled', 'UNDELIVERABLE']]);
  });

  describe('through two servers', () => {
    let second: TestSmtpServer;
    beforeAll(async () => {
      second = await startSmtpServer();
    });
    afterAll(() => second.stop());
    beforeEach(() => {
      second.taken.length = 0;
    });

    /** The job runs again, as after a death: what the servers took, and what was answered. */
    async function forwarded(first: TestSmtpServer) {
      const mailer = await createMailer({
        ...{ SMTP_URL: first.url, SMTP_FALLBACK_URL: second.url, MAIL_FROM: 'no-reply@example.org' },
      });
      await ask();
      for (let time = 0; time < 2; time++) await forwardBy(mailer);
      await first.stop();
      return [first.taken.length, second.taken.length, (await answers()).map(([, outcome]) => outcome)];
    }

    it('is sent once by the first', async () => {
      expect(await forwarded(await startSmtpServer())).toEqual([1, 0, ['SENT']]);
    });

    it('is sent once by the second when the first one dies before it has it', async () => {
      expect(await forwarded(await startDyingSmtpServer('RCPT'))).toEqual([0, 1, ['SENT']]);
    });

    it('is sent by neither again when the first one dies with it and does not answer', async () => {
      expect(await forwarded(await startDyingSmtpServer('END'))).toEqual([0, 0, ['UNCONFIRMED']]);
    });

    it('is sent by neither to a mailbox that is not there', async () => {
      const first = await startSmtpServer({ onRcptTo: refusing(550, '5.1.1 no such user') });
      expect(await forwarded(first)).toEqual([0, 0, ['UNDELIVERABLE']]);
    });
  });

  describe('which people are owed', () => {
    const file = { key: 'invoices/1.pdf', name: 'DIA-2026-000001.pdf' };
    const owed = { html: null, unsubscribeUrl: null, sendBefore: null, file };
    const askOwed = (overrides: object = {}) =>
      users.receive('payments', 'mail.requested', request({ ...owed, ...overrides }));
    const whole = () => ({
      ...{ to: person.email, subject: 'News', text: 'Ben wrote', id: `forwarded:${mailId}` },
      attachments: [{ name: file.name, contentType: 'application/pdf', bytes: Buffer.from('%PDF') }],
    });
    beforeAll(() =>
      users.privateStore.put(file.key, { body: Buffer.from('%PDF'), contentType: 'application/pdf' }),
    );

    it('goes with its document, to whoever is kept out too', async () => {
      await users.db.account.update({ where: { id: person.id }, data: { suspendedAt: new Date() } });
      await askOwed();
      await forward();
      expect(users.mails).toEqual([whole()]);
      expect(await answers()).toEqual([['mail.settled', 'SENT']]);
    });

    it.each([false, true])(
      'is tried until it is taken, also when it may have arrived: %s',
      async (mayHaveArrived) => {
        await askOwed();
        const send = () => Promise.reject(refused({ isFinal: false, mayHaveArrived }));
        await expect(forwardBy({ send })).rejects.toThrow(MailNotTaken);
        expect(await answers()).toEqual([]);
        await forward();
        expect(users.mails).toEqual([whole()]);
      },
    );

    it('is given up when the mailbox is not there, or the document', async () => {
      await askOwed();
      await forwardBy({ send: () => Promise.reject(refused({ isFinal: true, mayHaveArrived: false })) });
      await askOwed({ file: { ...file, key: 'invoices/gone.pdf' } });
      await forward();
      expect(users.mails).toEqual([]);
      expect((await answers()).map(([, outcome]) => outcome)).toEqual(['UNDELIVERABLE', 'UNDELIVERABLE']);
    });

    it('is no way to other files of the store', async () => {
      await expect(askOwed({ file: { key: 'exports/1.zip', name: 'x' } })).rejects.toThrow();
    });

    it('is mailed once when an older version asked for it, and began', async () => {
      const older = { invoiceId: idType('inv').encode(mailId), subject: 'News', text: 'Ben wrote', file };
      await users.receive('payments', 'invoice.mailRequested', { userId: person.publicId, ...older });
      await users.run({ name: 'mailInvoice' }, { accountId: person.id, ...older });
      await users.run({ name: 'forwardMail' }, { mailId });
      await forward();
      expect(users.mails).toEqual([whole()]);
    });
  });
});

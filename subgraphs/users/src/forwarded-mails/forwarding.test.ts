import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutbox, MailNotTaken, type Mail } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
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
  const forward = () => users.runAdded({ name: 'forwardMail' });
  const answers = async () => (await users.messages(mailId)).map(({ type, data }) => [type, data['outcome']]);

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
    await Promise.all([1, 2].map(() => users.run({ name: 'forwardMail' }, { mailId })));
    expect(users.mails).toHaveLength(1);
    expect((await answers()).length).toBe(1);
  });

  it.each([
    ['REFUSED for now', refused({ isFinal: false, mayHaveArrived: false })],
    ['UNDELIVERABLE', refused({ isFinal: true, mayHaveArrived: false })],
    ['UNCONFIRMED when the connection broke', refused({ isFinal: false, mayHaveArrived: true })],
    ['UNCONFIRMED after an error of ours', new Error('broken')],
  ])('is told to be %s', async (outcome, error) => {
    const mailer = { send: async (_mail: Mail) => Promise.reject(error) };
    const { db, clock } = users;
    const parts = createForwardedMails({ db, clock, mailer, outbox: createOutbox(messages, { clock }) });
    await ask();
    await parts.jobs['forwardMail']!.run({ mailId } as never, { log: silentLog } as never);
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
});

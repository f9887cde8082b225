import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationIds } from '../ids.js';
import { actionsOn } from '../testing/groups.js';
import { barrierFor, givenMessaging, type Messaging } from '../testing/given.js';

const perDay = 5;

describe('the free plan', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging({ freeMessagesPerDay: perDay });
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  it('lets exactly the allowed number through when more is sent at once over conversations and processes', async () => {
    const ana = await messaging.given.member();
    const places: string[] = [];
    for (let count = 0; count < 4; count++) {
      places.push(await messaging.given.conversation(ana, await messaging.given.member()));
    }
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        (index % 2 ? messaging : second).as(ana.viewer).execute(messaging.given.sendDocument, {
          input: { conversationId: places[index % 4], clientMessageId: `c-${index}`, text: 'Hi' },
        }),
      ),
    );
    expect(answers.filter((answer) => answer.data?.sendMessage?.message)).toHaveLength(perDay);
    const refused = answers.filter((answer) => answer.errors.length > 0);
    expect(refused).toHaveLength(24 - perDay);
    expect(new Set(refused.flatMap((answer) => answer.codes))).toEqual(new Set(['RATE_LIMITED']));
    expect(refused[0]?.errors[0]?.message).toContain(`${perDay} messages a day`);
    const ids = places.map((place) => conversationIds.decode(place));
    const conversations = await messaging.db.conversation.findMany({
      where: { id: { in: ids } },
      include: { _count: { select: { messages: true } } },
    });
    for (const { lastSequence, _count } of conversations) expect(lastSequence).toBe(_count.messages);
  });

  it('would let two through on the last message by reading the counter first', async () => {
    const senderId = (await messaging.given.member()).id;
    const day = new Date('2026-06-01');
    await messaging.db.messageAllowance.create({ data: { senderId, day, used: perDay - 1 } });
    const bothHaveRead = barrierFor(2);
    const naive = () =>
      messaging.db.$transaction(async (tx) => {
        const where = { senderId_day: { senderId, day } };
        const { used } = await tx.messageAllowance.findUniqueOrThrow({ where });
        await bothHaveRead();
        if (used >= perDay) return false;
        await tx.messageAllowance.update({ where, data: { used: { increment: 1 } } });
        return true;
      });
    expect(await Promise.all([naive(), naive()])).toEqual([true, true]);
  });

  it('counts neither replies nor retries nor refused messages, and begins anew the next day', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const conversationId = await messaging.given.conversation(ana, ben);
    const send = (clientMessageId: string, text = 'Hi') =>
      messaging.given.message(ana, conversationId, { clientMessageId, text });
    await send('refused', ' ');
    for (let count = 0; count < perDay; count++) expect((await send(`c-${count}`)).codes).toEqual([]);
    expect((await send('over')).codes).toEqual(['RATE_LIMITED']);
    expect((await send('c-0')).data.sendMessage.message.sequence).toBe(1);

    messaging.clock.advance(86_400_000);
    expect((await send('next-day')).codes).toEqual([]);
    for (let count = 1; count < perDay; count++) await send(`next-${count}`);
    expect((await send('over-again')).codes).toEqual(['RATE_LIMITED']);

    await messaging.given.message(ben, conversationId);
    for (let count = 0; count < perDay + 1; count++) expect((await send(`reply-${count}`)).codes).toEqual([]);
  });

  it('counts people whom one brings into a group without knowing them', async () => {
    const [ana, friend] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.group(ana, [friend]);
    const strangers = await Promise.all(Array.from({ length: perDay + 1 }, () => messaging.given.member()));
    const { add } = actionsOn(id);
    expect(await add(ana, strangers)).toBe('RATE_LIMITED');
    expect(await add(ana, strangers.slice(0, perDay - 1))).toBeUndefined();
    expect(await add(ana, strangers.slice(-2))).toBe('RATE_LIMITED');
    expect(
      await messaging.db.participant.count({ where: { conversationId: conversationIds.decode(id) } }),
    ).toBe(perDay + 1);
    expect((await messaging.given.message(ana, id)).codes).toEqual([]);
    expect((await messaging.given.message(ana, id)).codes).toEqual(['RATE_LIMITED']);
  });

  it('does not bind a plan with unlimited messages', async () => {
    const ana = await messaging.given.member({ entitlements: ['UNLIMITED_MESSAGING'] });
    const conversationId = await messaging.given.conversation(ana, await messaging.given.member());
    for (let count = 0; count < perDay + 2; count++) {
      expect((await messaging.given.message(ana, conversationId)).codes).toEqual([]);
    }
    const { add } = actionsOn(await messaging.given.group(ana, []));
    expect(await add(ana, [await messaging.given.member()])).toBeUndefined();
    expect(await messaging.db.messageAllowance.count({ where: { senderId: ana.id } })).toBe(0);
  });
});

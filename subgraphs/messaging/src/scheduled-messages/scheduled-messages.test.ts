import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { conversationIds, scheduledMessageIds } from '../ids.js';
import { sendScheduledMessage } from '../jobs.js';
import { deliverTo } from '../testing/bus.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const fields = `id text status version sendAt clientMessageId failure { code } message { text sequence }
  conversation { id } media { id } contact { id }`;
const schedule = `mutation ($input: ScheduleMessageInput!) { scheduled: scheduleMessage(input: $input) {
  scheduledMessage { ${fields} } userErrors { code path } } }`;
const update = `mutation ($input: UpdateScheduledMessageInput!) { scheduled: updateScheduledMessage(input: $input) {
  scheduledMessage { ${fields} } userErrors { code path } } }`;
const cancel = `mutation ($input: CancelScheduledMessageInput!) { scheduled: cancelScheduledMessage(input: $input) {
  scheduledMessage { ${fields} } userErrors { code path } } }`;
const list = `query ($conversationId: ID, $first: Int, $after: String) {
  scheduledMessages(conversationId: $conversationId, first: $first, after: $after) {
    nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;

describe('a message to be sent later', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging({ freeMessagesPerDay: 3 })));
  afterAll(() => messaging.stop());

  const unlimited = { entitlements: ['UNLIMITED_MESSAGING'] };
  async function pair() {
    const [ana, ben] = [await messaging.given.member(unlimited), await messaging.given.member(unlimited)];
    return { ana, ben, id: await messaging.given.conversation(ana, ben) };
  }
  const inHours = (hours: number) => new Date(messaging.clock.now().getTime() + hours * 3_600_000);
  let keys = 0;
  const plan = async (who: Member, conversationId: string, input: object = {}) => {
    const { data, codes } = await who.execute(schedule, {
      input: { conversationId, clientMessageId: `k-${++keys}`, sendAt: inHours(1), text: 'Later', ...input },
    });
    return { ...data?.scheduled, codes };
  };
  const change = async (who: Member, document: string, input: object) =>
    (await who.execute(document, { input })).data.scheduled;
  const waiting = async (who: Member, args: object = {}) =>
    (await who.execute(list, { first: 10, ...args })).data.scheduledMessages;
  /** What the worker has been given for it, and when. */
  const jobsOf = (id: string) =>
    messaging.db.$queryRaw<{ payload: { id: string; version: number }; runAt: Date }[]>`
      SELECT payload, run_at AS "runAt" FROM graphile_worker._private_jobs
      WHERE payload ->> 'id' = ${scheduledMessageIds.decode(id)}`;
  const run = (id: string, version = 1, process: Pick<Messaging, 'subgraph'> = messaging) =>
    process.subgraph.jobs![sendScheduledMessage.name]!.run(
      { id: scheduledMessageIds.decode(id), version } as never,
      {} as never,
    );
  const messagesIn = (id: string) =>
    messaging.db.message.findMany({ where: { conversationId: conversationIds.decode(id) } });

  it('waits with its job, and is sent once however often that runs and in how many processes', async () => {
    const { ana, ben, id } = await pair();
    const sendAt = inHours(2);
    const { scheduledMessage } = await plan(ana, id, { sendAt, contactId: ben.publicId });
    expect(scheduledMessage).toMatchObject({ status: 'PENDING', version: 1, contact: { id: ben.publicId } });
    expect(await jobsOf(scheduledMessage.id)).toMatchObject([{ runAt: sendAt }]);
    expect(await messagesIn(id)).toEqual([]);
    const second = messaging.anotherProcess();
    await Promise.allSettled(
      [1, 2, 3, 4].map((count) => run(scheduledMessage.id, 1, count % 2 ? messaging : second)),
    );
    await run(scheduledMessage.id);
    expect(await messagesIn(id)).toMatchObject([
      { text: 'Later', senderId: ana.id, contactId: ben.id, sequence: 1 },
    ]);
    expect((await waiting(ana)).nodes).toEqual([]);
    const row = await messaging.db.scheduledMessage.findFirstOrThrow({ where: { senderId: ana.id } });
    expect(row).toMatchObject({ status: 'SENT', text: '', contactId: null, bodyHash: null });
  });

  it('is either taken back or sent, never both, when both happen at once', async () => {
    const { ana, id } = await pair();
    for (let round = 0; round < 8; round++) {
      const { scheduledMessage: row } = await plan(ana, id);
      const before = (await messagesIn(id)).length;
      const [answer] = await Promise.all([
        change(ana, cancel, { scheduledMessageId: row.id }),
        // Found changed under its lock, it fails, and its next attempt finds nothing to do.
        run(row.id as string).catch(() => undefined),
      ]);
      await run(row.id as string);
      const isCancelled = answer.userErrors.length === 0;
      const status = answer.scheduledMessage.status as string;
      expect({ status, sent: (await messagesIn(id)).length - before }).toEqual(
        isCancelled ? { status: 'CANCELLED', sent: 0 } : { status: 'SENT', sent: 1 },
      );
    }
  });

  it('can be changed while it waits: the job of the version before does nothing', async () => {
    const { ana, id } = await pair();
    const { scheduledMessage: row } = await plan(ana, id);
    const sendAt = inHours(5);
    const asked = { scheduledMessageId: row.id, expectedVersion: 1, text: 'Even later', sendAt };
    expect((await change(ana, update, asked)).scheduledMessage).toMatchObject({
      text: 'Even later',
      version: 2,
    });
    expect(await jobsOf(row.id)).toMatchObject([{ runAt: sendAt, payload: { version: 2 } }]);
    await run(row.id as string, 1);
    expect(await messagesIn(id)).toEqual([]);
    await run(row.id as string, 2);
    expect(await messagesIn(id)).toMatchObject([{ text: 'Even later' }]);
    expect(await change(ana, update, { ...asked, expectedVersion: 2 })).toMatchObject({
      scheduledMessage: { status: 'SENT', message: { text: 'Even later' } },
      userErrors: [{ code: 'CONFLICT', path: ['scheduledMessageId'] }],
    });
  });

  it('answers a change of a version that is no more with what waits', async () => {
    const { ana, id } = await pair();
    const { scheduledMessage: row } = await plan(ana, id);
    expect(
      await change(ana, update, { scheduledMessageId: row.id, expectedVersion: 2, text: 'Other' }),
    ).toMatchObject({
      scheduledMessage: { text: 'Later', version: 1 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
  });

  it.each<[string, (there: { id: string; ana: Member; ben: Member }) => Promise<unknown>, string]>([
    [
      'a block',
      ({ ana, ben }) =>
        messaging.db.block.create({
          data: { blockerId: ben.id, blockedId: ana.id, isActive: true, version: 1 },
        }),
      'CONVERSATION_CLOSED',
    ],
    [
      'that its sender left',
      ({ id, ana }) =>
        messaging.db.participant.update({
          where: { conversationId_userId: { conversationId: conversationIds.decode(id), userId: ana.id } },
          data: { leftAt: messaging.clock.now() },
        }),
      'CONVERSATION_CLOSED',
    ],
    [
      'that the person on its card is there no more',
      ({ ben }) =>
        messaging.db.member.update({ where: { id: ben.id }, data: { erasedAt: messaging.clock.now() } }),
      'CONVERSATION_CLOSED',
    ],
  ])('finds at its time %s, fails and says why', async (_what, happens, code) => {
    const { ana, ben, id } = await pair();
    const { scheduledMessage: row } = await plan(ana, id, { contactId: ben.publicId });
    await happens({ id, ana, ben });
    await run(row.id as string);
    await run(row.id as string);
    expect(await messagesIn(id)).toEqual([]);
    expect((await waiting(ana)).nodes).toMatchObject([
      { status: 'FAILED', failure: { code }, text: 'Later' },
    ]);
    const { data } = await ana.execute(
      '{ notifications(first: 5) { nodes { type subject { ... on Conversation { id } } } } }',
    );
    expect(data.notifications.nodes).toEqual([{ type: 'SCHEDULED_MESSAGE_FAILED', subject: { id } }]);
    expect((await change(ana, cancel, { scheduledMessageId: row.id })).scheduledMessage).toMatchObject({
      status: 'CANCELLED',
      text: '',
    });
    expect((await waiting(ana)).nodes).toEqual([]);
  });

  it('is not sent while its sender is suspended, whatever is told last about it', async () => {
    const { ana, id } = await pair();
    const tell = (type: string, version: number, endsAt: Date | null) =>
      deliverTo(messaging, type, { userId: ana.publicId, version, endsAt: endsAt?.toISOString() ?? null });
    const outcomeOf = async () => {
      const { scheduledMessage: row } = await plan(ana, id);
      await run(row.id as string);
      return (await messaging.db.scheduledMessage.findUniqueOrThrow({
        where: { id: scheduledMessageIds.decode(row.id as string) },
        select: { status: true, failureCode: true },
      })) as object;
    };
    await tell('user.suspended', 1, null);
    expect(await outcomeOf()).toEqual({ status: 'FAILED', failureCode: 'FORBIDDEN' });
    await tell('user.suspensionLifted', 2, null);
    await tell('user.suspended', 1, null);
    expect(await outcomeOf()).toEqual({ status: 'SENT', failureCode: null });
    await tell('user.suspended', 3, inHours(1));
    expect(await outcomeOf()).toMatchObject({ status: 'FAILED' });
    await tell('user.suspended', 4, inHours(-1));
    expect(await outcomeOf()).toMatchObject({ status: 'SENT' });
  });

  it('that failed is told to its sender, live, and to nobody else', async () => {
    const { ana, ben, id } = await pair();
    const { scheduledMessage: row } = await plan(ana, id);
    const document = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { event {
      __typename ... on ScheduledMessageFailed { scheduledMessage { failure { code } } } } } }`;
    const [own, others] = [ana.subscribe(document, { id }), ben.subscribe(document, { id })];
    const next = async (events: typeof own) =>
      ((await events.next()).value as TestResult).data.conversationEvents.event;
    for (const events of [own, others])
      expect(await next(events)).toMatchObject({ __typename: 'SubscriptionStarted' });
    const block = { blockerId: ben.id, blockedId: ana.id };
    await messaging.db.block.create({ data: { ...block, isActive: true, version: 1 } });
    await run(row.id as string);
    expect(await next(own)).toMatchObject({ scheduledMessage: { failure: { code: 'CONVERSATION_CLOSED' } } });
    await messaging.db.block.update({ where: { blockerId_blockedId: block }, data: { isActive: false } });
    await messaging.given.message(ana, id);
    expect(await next(others)).toMatchObject({ __typename: 'MessageSent' });
    for (const events of [own, others]) await events.return!();
  });

  it('is one by its key, and a conflict when it says something else', async () => {
    const { ana, id } = await pair();
    const { scheduledMessage: row } = await plan(ana, id, { clientMessageId: 'same' });
    expect((await plan(ana, id, { clientMessageId: 'same' })).scheduledMessage.id).toBe(row.id);
    expect((await plan(ana, id, { clientMessageId: 'same', text: 'Other' })).userErrors).toEqual([
      { code: 'CONFLICT', path: ['clientMessageId'] },
    ]);
  });

  it.each([
    ['in the past', { sendAt: () => inHours(-1) }, 'sendAt'],
    ['in two years', { sendAt: () => inHours(2 * 8_766) }, 'sendAt'],
    ['without anything to say', { text: () => ' ' }, 'text'],
  ])('is refused %s', async (_what, input: Record<string, () => unknown>, field) => {
    const { ana, id } = await pair();
    const given = Object.fromEntries(Object.entries(input).map(([name, value]) => [name, value()]));
    expect((await plan(ana, id, given)).userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: [field] }]);
    expect((await waiting(ana)).nodes).toEqual([]);
  });

  it('is taken off the free plan when it is scheduled, like a message that is sent', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    for (let count = 0; count < 3; count++) expect((await plan(ana, id)).userErrors).toEqual([]);
    expect((await plan(ana, id)).codes).toEqual(['RATE_LIMITED']);
    expect((await messaging.given.message(ana, id)).codes).toEqual(['RATE_LIMITED']);
    for (const { id: each } of (await waiting(ana)).nodes) await run(each as string);
    expect(await messagesIn(id)).toHaveLength(3);
  });

  it('is in its sender’s list only, the earliest first, page by page', async () => {
    const { ana, ben, id } = await pair();
    const elsewhere = await messaging.given.conversation(ana, await messaging.given.member());
    for (const hours of [3, 1, 2]) await plan(ana, id, { text: `In ${hours}`, sendAt: inHours(hours) });
    await plan(ana, elsewhere, { text: 'Elsewhere', sendAt: inHours(1.5) });
    const texts = (page: { nodes: { text: string }[] }) => page.nodes.map(({ text }) => text);
    const first = await waiting(ana, { first: 3 });
    expect(texts(first)).toEqual(['In 1', 'Elsewhere', 'In 2']);
    expect(texts(await waiting(ana, { after: first.pageInfo.endCursor }))).toEqual(['In 3']);
    expect(texts(await waiting(ana, { conversationId: id }))).toEqual(['In 1', 'In 2', 'In 3']);
    expect((await waiting(ben)).nodes).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { notificationIds, userIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const subscription = `subscription ($after: String) {
  notificationReceived(after: $after) { cursor event {
    __typename
    ... on NotificationsChanged { unreadCount notifications { id readAt } }
    ... on ResyncRequired { reason }
  } }
}`;

describe('the inbox of notifications in real time', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  /** Comes into the inbox, and is handed to the consumer of its message as the bus would. */
  async function notify(person: Member, count = 1): Promise<string[]> {
    const ids = Array.from({ length: count }, () => notificationIds.create());
    const notice = {
      recipientId: person.id,
      type: 'FOLLOWED',
      subjectType: 'USER',
      subjectId: userIds.create(),
    } as const;
    await messaging.db.notification.createMany({
      data: ids.map((id) => ({ ...notice, id, occasion: id, createdAt: new Date() })),
    });
    const handler = messaging.subgraph.handlers!.find(({ type }) => type === 'notification.created')!;
    await messaging.db.$transaction((tx) =>
      handler.handle({ data: handler.schema.parse({ userId: person.publicId }) } as never, tx as never),
    );
    return ids.map((id) => notificationIds.encode(id));
  }

  function follow(person: Pick<Member, 'subscribe'>, after?: string) {
    const events = person.subscribe(subscription, { after });
    const next = async () => {
      const result = (await events.next()).value as TestResult;
      expect(result.errors).toEqual([]);
      const { cursor, event } = result.data.notificationReceived;
      return { cursor: cursor as string, ...event };
    };
    return { next, stop: () => events.return!() };
  }

  it('begins with where it begins, then tells what comes, in another process too', async () => {
    const ana = await messaging.given.member();
    const events = follow(second.as(ana.viewer));
    expect(await events.next()).toMatchObject({ __typename: 'SubscriptionStarted' });
    const [id] = await notify(ana);
    expect(await events.next()).toMatchObject({ unreadCount: 1, notifications: [{ id, readAt: null }] });
    await events.stop();
  });

  it('tells that something was read on another device', async () => {
    const ana = await messaging.given.member();
    const [id] = await notify(ana);
    const events = follow(ana);
    await events.next();
    await ana.execute(
      'mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { unreadCount } }',
      { input: { ids: [id] } },
    );
    expect(await events.next()).toMatchObject({ unreadCount: 0, notifications: [{ id }] });
    await events.stop();
  });

  it('tells first what came after the cursor, and nothing of others', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const before = follow(ana);
    const { cursor } = await before.next();
    await before.stop();
    const ids = await notify(ana, 2);
    await notify(ben);
    const after = follow(ana, cursor);
    const told = await after.next();
    expect(told.notifications.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
    await after.stop();
  });

  it.each([
    ['malformed', 'no cursor', 0, 'CURSOR_INVALID'],
    ['followed by too much', undefined, 101, 'CURSOR_TOO_OLD'],
  ])('asks for a resynchronisation when the cursor is %s', async (_name, malformed, count, reason) => {
    const ana = await messaging.given.member();
    const before = follow(ana);
    const { cursor } = await before.next();
    await before.stop();
    if (count > 0) await notify(ana, count);
    const events = follow(ana, malformed ?? cursor);
    expect(await events.next()).toMatchObject({ __typename: 'ResyncRequired', reason });
    await events.stop();
  });
});

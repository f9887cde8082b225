import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idType } from '@diaspora/kit';
import {
  commentIds,
  eventIds,
  notificationIds,
  officeIds,
  postIds,
  subscriptionIds,
  userIds,
} from '../ids.js';
import { deliverTo } from '../testing/bus.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const list = `query ($filter: NotificationFilter, $first: Int, $after: String) {
  notifications(filter: $filter, first: $first, after: $after) {
    nodes { id type readAt actor { id } subject { __typename id } }
    pageInfo { hasNextPage endCursor }
  }
  unreadNotificationCount
}`;
const mark = `mutation ($input: MarkNotificationsReadInput!) {
  markNotificationsRead(input: $input) { notifications { id readAt } unreadCount userErrors { code path } }
}`;

interface Told {
  readonly id: string;
  readonly type: string;
  readonly readAt: string | null;
  readonly actor: { id: string } | null;
  readonly subject: { __typename: string; id: string } | null;
}

describe('notifications', () => {
  let messaging: Messaging;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  const newId = (type: { create(): string; encode(key: string): string }) => type.encode(type.create());
  const registrationIds = idType('reg');

  const deliver = (type: string, data: object) => deliverTo(messaging, type, data);

  const comment = (overrides: object = {}) => ({
    commentId: newId(commentIds),
    postId: newId(postIds),
    postAuthorId: ana.publicId,
    authorId: ben.publicId,
    excerpt: 'Frumos!',
    createdAt: '2026-06-01T12:00:00.000Z',
    ...overrides,
  });
  const toldTo = async (person: Member, variables: object = { first: 20 }): Promise<Told[]> =>
    (await person.execute(list, { ...variables })).data.notifications.nodes as Told[];
  const freshPeople = async () => {
    [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
  };

  it('tells the person concerned what others report, with who did it and what it is about', async () => {
    await freshPeople();
    const [commentId, postId, officeId] = [newId(commentIds), newId(postIds), newId(officeIds)];
    const [eventId, subscriptionId] = [newId(eventIds), newId(subscriptionIds)];
    const place = { role: 'CONSUL', countryCode: 'DE', city: 'Berlin' };
    await deliver('comment.added', comment({ commentId }));
    await deliver('reaction.added', {
      postId,
      postAuthorId: ana.publicId,
      userId: ben.publicId,
      kind: 'LIKE',
    });
    await deliver('office.appointed', {
      officeId,
      userId: ana.publicId,
      appointerId: ben.publicId,
      ...place,
    });
    await deliver('registration.confirmed', {
      registrationId: newId(registrationIds),
      eventId,
      userId: ana.publicId,
      confirmedAt: '2026-06-01T12:00:00.000Z',
    });
    await deliver('subscription.activated', { subscriptionId, userId: ana.publicId, planCode: 'PREMIUM' });
    await deliver('impersonation.started', { impersonationId: 'imp_1', userId: ana.publicId });
    const told = await toldTo(ana);
    const facts = told.map(({ type, actor, subject }) => [type, actor?.id ?? null, subject]);
    expect(facts.reverse()).toEqual([
      ['POST_COMMENTED', ben.publicId, { __typename: 'Comment', id: commentId }],
      ['POST_REACTED', ben.publicId, { __typename: 'Post', id: postId }],
      ['OFFICE_APPOINTED', ben.publicId, { __typename: 'Office', id: officeId }],
      ['REGISTRATION_CONFIRMED', null, { __typename: 'Event', id: eventId }],
      ['SUBSCRIPTION_ACTIVATED', null, { __typename: 'PlanSubscription', id: subscriptionId }],
      ['ACCOUNT_LOOKED_AT', null, { __typename: 'User', id: ana.publicId }],
    ]);
    expect(await toldTo(ben)).toEqual([]);
    const published = await messaging.published(ana.publicId, 'notification.created');
    expect(published.map((message) => message['notificationId'])).toEqual(told.map(({ id }) => id).reverse());
  });

  it('tells of each declined renewal, and of the end of a plan that was not paid, but not of one that was cancelled', async () => {
    await freshPeople();
    const about = { subscriptionId: newId(subscriptionIds), userId: ana.publicId };
    for (const nextAttemptAt of ['2027-01-04T10:00:00.000Z', '2027-01-08T10:00:00.000Z'])
      for (let time = 0; time < 2; time++) await deliver('subscription.pastDue', { ...about, nextAttemptAt });
    const endedAt = '2027-01-08T10:00:00.000Z';
    await deliver('subscription.ended', { ...about, endedAt, reason: 'CANCELLED' });
    await deliver('subscription.ended', { ...about, endedAt, reason: 'UNPAID' });
    expect((await toldTo(ana)).map(({ type }) => type)).toEqual([
      'SUBSCRIPTION_UNPAID',
      'SUBSCRIPTION_PAST_DUE',
      'SUBSCRIPTION_PAST_DUE',
    ]);
  });

  it('tells once what is reported again, and one reaction of a person to a post', async () => {
    await freshPeople();
    const postId = newId(postIds);
    const first = comment({ postId });
    const reaction = { postId, postAuthorId: ana.publicId, userId: ben.publicId, kind: 'LIKE' };
    await Promise.all([first, first, first].map((data) => deliver('comment.added', data)));
    await deliver('comment.added', comment({ postId }));
    await Promise.all([1, 2, 3].map(() => deliver('reaction.added', reaction)));
    await deliver('reaction.added', { ...reaction, userId: (await messaging.given.member()).publicId });
    const types = (await toldTo(ana)).map(({ type }) => type).sort();
    expect(types).toEqual(['POST_COMMENTED', 'POST_COMMENTED', 'POST_REACTED', 'POST_REACTED']);
    expect(await messaging.published(ana.publicId, 'notification.created')).toHaveLength(4);
  });

  it('tells nobody what they did themselves', async () => {
    await freshPeople();
    await deliver('comment.added', comment({ authorId: ana.publicId }));
    await deliver('reaction.added', {
      postId: newId(postIds),
      postAuthorId: ana.publicId,
      userId: ana.publicId,
      kind: 'LIKE',
    });
    expect(await toldTo(ana)).toEqual([]);
  });

  it('lets a transaction that fails leave neither notification nor message', async () => {
    await freshPeople();
    const broken = comment({ authorId: 'usr_nonsense' });
    await expect(deliver('comment.added', broken)).rejects.toThrow('not the id');
    expect(await toldTo(ana)).toEqual([]);
    expect(await messaging.published(ana.publicId, 'notification.created')).toEqual([]);
  });

  it('pages newest first without repeats or gaps while more arrive, and filters by type and by unread', async () => {
    await freshPeople();
    for (let count = 0; count < 5; count++) {
      if (count % 2) messaging.clock.advance(1_000);
      await deliver('comment.added', comment());
    }
    const all = (await toldTo(ana)).map(({ id }) => id);
    const answer = await ana.execute(list, { first: 2 });
    await deliver('reaction.added', {
      postId: newId(postIds),
      postAuthorId: ana.publicId,
      userId: ben.publicId,
      kind: 'LIKE',
    });
    const rest = await toldTo(ana, {
      first: 10,
      after: answer.data.notifications.pageInfo.endCursor as string,
    });
    expect([...all.slice(0, 2), ...rest.map(({ id }) => id)]).toEqual(all);

    await ana.execute(mark, { input: { ids: all.slice(0, 3) } });
    const count = async (filter: object) => (await toldTo(ana, { first: 20, filter })).length;
    expect(await count({ types: ['POST_REACTED'] })).toBe(1);
    expect(await count({ types: [] })).toBe(0);
    expect(await count({ isUnread: true })).toBe(3);
    expect(await count({ isUnread: false, types: ['POST_COMMENTED'] })).toBe(3);
    expect(await count({ types: null, isUnread: null })).toBe(6);
  });

  it('marks some, then all, and keeps the time of the first reading', async () => {
    await freshPeople();
    for (let count = 0; count < 3; count++) await deliver('comment.added', comment());
    const ids = (await toldTo(ana)).map(({ id }) => id);
    const first = await ana.execute(mark, { input: { ids: [ids[0], ids[0]] } });
    expect(first.data.markNotificationsRead).toMatchObject({ unreadCount: 2, userErrors: [] });
    const { readAt } = first.data.markNotificationsRead.notifications[0] as Told;
    messaging.clock.advance(5_000);
    const everything = await ana.execute(mark, { input: { all: true } });
    expect(everything.data.markNotificationsRead).toEqual({
      notifications: null,
      unreadCount: 0,
      userErrors: [],
    });
    const again = await ana.execute(mark, { input: { ids: [ids[0]] } });
    expect(again.data.markNotificationsRead.notifications).toEqual([{ id: ids[0], readAt }]);
    const { data } = await ana.execute(list, { first: 1 });
    expect(data.unreadNotificationCount).toBe(0);
  });

  it('marks nothing when one of the ids is unknown or belongs to somebody else', async () => {
    await freshPeople();
    await deliver('comment.added', comment());
    await deliver('comment.added', comment({ postAuthorId: ben.publicId, authorId: ana.publicId }));
    const [mine, theirs] = [(await toldTo(ana))[0]!.id, (await toldTo(ben))[0]!.id];
    for (const other of [theirs, newId(notificationIds)]) {
      const answer = await ana.execute(mark, { input: { ids: [mine, other] } });
      expect(answer.data.markNotificationsRead).toMatchObject({
        notifications: null,
        userErrors: [{ code: 'NOT_FOUND', path: ['ids'] }],
      });
    }
    expect([...(await toldTo(ana)), ...(await toldTo(ben))].map(({ readAt }) => readAt)).toEqual([
      null,
      null,
    ]);
  });

  it.each([
    ['nothing', {}],
    ['both', { ids: [notificationIds.encode(notificationIds.create())], all: true }],
    ['all: false alone', { all: false }],
    ['no ids', { ids: [] }],
    ['malformed ids', { ids: ['ntf_x'] }],
    ['ids of something else', { ids: [userIds.encode(userIds.create())] }],
    ['101 ids', { ids: Array.from({ length: 101 }, () => notificationIds.encode(notificationIds.create())) }],
  ])('refuses to mark %s', async (_name, input) => {
    const person = await messaging.given.member();
    const answer = await person.execute(mark, { input });
    expect(answer.data.markNotificationsRead.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });
});

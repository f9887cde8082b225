import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliverTo } from '../testing/bus.js';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const list = `query ($filter: NotificationFilter) {
  notifications(first: 20, filter: $filter) { nodes { id type seenAt readAt archivedAt } }
  unreadNotificationCount
  unseenNotificationCount
}`;
const change = (name: string, input: string) =>
  `mutation ($input: ${input}!) { ${name}(input: $input) { notifications { id } userErrors { code path } } }`;
const seen = change('markNotificationsSeen', 'MarkNotificationsSeenInput');
const read = change('markNotificationsRead', 'MarkNotificationsReadInput');
const archive = change('archiveNotifications', 'ArchiveNotificationsInput');
const restore = change('restoreNotifications', 'RestoreNotificationsInput');

describe('the inbox', () => {
  let messaging: Messaging;
  let use: ReturnType<typeof delivering>;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => {
    messaging = await givenMessaging();
    use = delivering(messaging);
  });
  afterAll(() => messaging.stop());
  beforeEach(async () => {
    [ana, ben] = [await use.person('Ana'), await use.person('Ben')];
  });

  const look = async (filter: object = {}) => {
    const { data } = await ana.execute(list, { filter });
    return {
      nodes: data.notifications.nodes as {
        id: string;
        type: string;
        seenAt: string | null;
        readAt: string | null;
      }[],
      counts: [data.unseenNotificationCount, data.unreadNotificationCount],
    };
  };
  const comments = async (count: number) => {
    for (let each = 0; each < count; each++) await use.comment(ana, ben);
    return (await look()).nodes.map(({ id }) => id);
  };

  it('counts what is unseen and what is unread: what is read was seen, what is put away was read', async () => {
    const [one, two, three] = await comments(4);
    expect((await look()).counts).toEqual([4, 4]);
    await ana.execute(read, { input: { ids: [one] } });
    expect((await look()).counts).toEqual([3, 3]);
    await ana.execute(seen, { input: { ids: [two] } });
    expect((await look()).counts).toEqual([2, 3]);
    await ana.execute(archive, { input: { ids: [three] } });
    expect((await look()).counts).toEqual([1, 2]);
    await ana.execute(seen, { input: { all: true } });
    expect((await look()).counts).toEqual([0, 2]);
  });

  it('has what was put away elsewhere, until it is put back; of all, only what was read', async () => {
    const [one, two] = await comments(2);
    await ana.execute(read, { input: { ids: [one] } });
    await ana.execute(archive, { input: { all: true } });
    expect((await look()).nodes).toMatchObject([{ id: two }]);
    expect((await look({ isArchived: true })).nodes).toMatchObject([{ id: one }]);
    await ana.execute(restore, { input: { ids: [one] } });
    expect((await look()).nodes).toHaveLength(2);
  });

  it('is filtered by the people whom one follows, as that is now', async () => {
    const cleo = await use.person('Cleo');
    await use.comment(ana, ben);
    await use.comment(ana, cleo);
    const tie = { personId: ana.publicId, otherId: cleo.publicId };
    const ofFollowed = async () => (await look({ isFromFollowed: true })).nodes.length;
    expect(await ofFollowed()).toBe(0);
    await deliverTo(messaging, 'user.followed', { ...tie, version: 1 });
    expect(await ofFollowed()).toBe(1);
    await deliverTo(messaging, 'user.unfollowed', { ...tie, version: 2 });
    await deliverTo(messaging, 'user.followed', { ...tie, version: 1 });
    expect(await ofFollowed()).toBe(0);
  });

  it('loses what was taken back: of a post that is gone, and of who does not follow any more', async () => {
    const { postId } = await use.comment(ana, ben);
    const tie = { personId: ben.publicId, otherId: ana.publicId };
    await deliverTo(messaging, 'user.followed', { ...tie, version: 1 });
    expect((await look()).nodes).toHaveLength(2);
    await deliverTo(messaging, 'post.removed', { postId });
    await deliverTo(messaging, 'user.unfollowed', { ...tie, version: 2 });
    expect(await look()).toEqual({ nodes: [], counts: [0, 0] });
    await deliverTo(messaging, 'user.followed', { ...tie, version: 3 });
    expect((await look()).nodes).toMatchObject([{ type: 'FOLLOWED' }]);
    expect(await messaging.published(ana.publicId, 'notification.created')).toHaveLength(2);
  });
});

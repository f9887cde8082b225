import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cursorOf } from '../conversation-events/rules.js';
import { conversationIds, userIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { actionsOn, aGroup, historyOf, membersOf, refusalOf } from '../testing/groups.js';

describe('groups', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  const people = (count: number) =>
    Promise.all(Array.from({ length: count }, () => messaging.given.member()));
  const countOf = async (id: string) =>
    (await messaging.db.conversation.findUniqueOrThrow({ where: { id: conversationIds.decode(id) } }))
      .memberCount;

  it('are made by their owner, once for a key, and told of', async () => {
    const [ana, ben] = (await people(2)) as [Member, Member];
    await messaging.given.friends(ana, ben);
    const input = { idempotencyKey: 'choir', name: '  Choir ', memberIds: [ben.publicId, ana.publicId] };
    const create = () =>
      ana.execute(
        `mutation ($input: CreateGroupInput!) { createGroup(input: $input) {
          conversation { id kind name memberCount viewerRole historyVisibility } userErrors { code } } }`,
        { input },
      );
    const [first, again] = [await create(), await create()];
    expect(again.data).toEqual(first.data);
    const { conversation } = first.data.createGroup;
    expect(conversation).toMatchObject({ kind: 'GROUP', name: 'Choir', memberCount: 2, viewerRole: 'OWNER' });
    expect(await membersOf(ben, conversation.id as string)).toEqual([
      [ana.publicId, 'OWNER'],
      [ben.publicId, 'MEMBER'],
    ]);
    expect(await messaging.published(conversation.id as string, 'conversation.created')).toEqual([
      expect.objectContaining({ kind: 'GROUP', participantIds: [ana.publicId, ben.publicId] }),
    ]);
    expect(await historyOf(ben, conversation.id as string)).toEqual(['1 CREATED Choir', '2 ADDED 1']);
  });

  it('tell in their history who came, went and changed what; nobody has to read that', async () => {
    const { ana, ben, cleo, id, add, remove, rename, role, leave } = await aGroup(messaging);
    const dan = await messaging.given.member();
    await messaging.given.friends(ana, dan);
    await role(ana, ben, 'ADMIN');
    await rename(ben, 'Orchestra');
    await add(ana, [dan]);
    await remove(ben, cleo);
    await leave(dan);
    expect(await historyOf(ana, id)).toEqual([
      '1 CREATED Choir',
      '2 ADDED 2',
      '3 ROLE_CHANGED ADMIN 1',
      '4 RENAMED Orchestra',
      '5 ADDED 1',
      '6 REMOVED 1',
      '7 LEFT',
    ]);
    const sides = await messaging.db.participant.findMany({
      where: { conversationId: conversationIds.decode(id) },
    });
    expect(sides.map(({ unreadCount }) => unreadCount)).toEqual([0, 0, 0, 0]);
    expect(await countOf(id)).toBe(2);
  });

  it('show to whoever left what was said until then, under the name of then, and nothing later', async () => {
    const { ana, ben, cleo, id, leave, rename, remove } = await aGroup(messaging);
    await leave(ben);
    await rename(ana, 'Secret choir');
    await remove(ana, cleo);
    await messaging.given.message(ana, id);
    const { data } = await ben.execute(
      '{ conversations(first: 5) { nodes { name memberCount lastSequence members(first: 5) { nodes { joinedAt } } participants { id } } } }',
    );
    expect(data.conversations.nodes).toEqual([
      {
        name: 'Choir',
        memberCount: null,
        lastSequence: 3,
        members: { nodes: [] },
        participants: [{ id: ben.publicId }],
      },
    ]);
    expect(await historyOf(ben, id)).toEqual(['1 CREATED Choir', '2 ADDED 2', '3 LEFT']);
    expect(await historyOf(cleo, id)).toHaveLength(5);
  });

  it('tell whoever left neither how much happens there nor that it is over', async () => {
    const { ana, ben, cleo, id, leave, remove } = await aGroup(messaging);
    const asBenSees = async () =>
      (await ben.execute('query ($id: ID!) { conversation(id: $id) { eventsCursor closedAt } }', { id })).data
        .conversation;
    await leave(ben);
    const before = await asBenSees();
    await messaging.given.message(ana, id);
    await remove(ana, cleo);
    messaging.clock.advance(1);
    await leave(ana);
    expect(await asBenSees()).toEqual(before);
    expect(before.closedAt).toBeNull();
  });

  it('tell newcomers nothing of what happened before, whatever they ask for', async () => {
    const { ana, ben, id, add } = await aGroup(messaging, { historyVisibility: 'SINCE_JOINING' });
    const position = { latitude: 52.5, longitude: 13.4 };
    await ben.execute(
      `mutation ($input: ShareLiveLocationInput!) { shareLiveLocation(input: $input) { userErrors { code } } }`,
      { input: { conversationId: id, minutes: 5, position } },
    );
    const dan = await messaging.given.member();
    await messaging.given.friends(ana, dan);
    await add(ana, [dan]);
    const told = dan.subscribe(
      'subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { event { __typename } } }',
      { id, after: cursorOf(0) },
    );
    const first = (await told.next()).value;
    expect(first.data.conversationEvents.event.__typename).toBe('MessageSent');
    await told.return!();
  });

  it.each([
    ['ALL', ['1 CREATED Choir', '2 ADDED 2', '3 Salut!', '4 ADDED 1']],
    ['SINCE_JOINING', ['4 ADDED 1']],
  ])('show newcomers of their history: %s', async (historyVisibility, expected) => {
    const { ana, id, add } = await aGroup(messaging, { historyVisibility });
    const dan = await messaging.given.member();
    await messaging.given.friends(ana, dan);
    await messaging.given.message(ana, id);
    await add(ana, [dan]);
    expect(await historyOf(dan, id)).toEqual(expected);
    const { data } = await dan.execute('{ conversations(first: 1) { nodes { unreadCount } } }');
    expect(data.conversations.nodes).toEqual([{ unreadCount: 0 }]);
  });

  it('give whoever comes back a second window', async () => {
    const { ana, ben, id, add, leave } = await aGroup(messaging, { historyVisibility: 'SINCE_JOINING' });
    await leave(ben);
    await messaging.given.message(ana, id);
    await add(ana, [ben]);
    await messaging.given.message(ana, id);
    expect(await historyOf(ben, id)).toEqual(['2 ADDED 2', '3 LEFT', '5 ADDED 1', '6 Salut!']);
  });

  it('are handed over by their only owner, and closed by the last one', async () => {
    const { ana, ben, cleo, id, leave } = await aGroup(messaging);
    expect(await leave(ana)).toBe('SUCCESSOR_REQUIRED');
    expect(await leave(ana, await messaging.given.member())).toBe('NOT_FOUND');
    expect(await leave(ana, ana)).toBe('SUCCESSOR_REQUIRED');
    expect(await leave(ana, ben)).toBeUndefined();
    expect(await membersOf(cleo, id)).toEqual([
      [ben.publicId, 'OWNER'],
      [cleo.publicId, 'MEMBER'],
    ]);
    expect(await leave(cleo)).toBeUndefined();
    expect(await leave(ben)).toBeUndefined();
    const { data } = await ben.execute('query ($id: ID!) { conversation(id: $id) { closedAt leftAt } }', {
      id,
    });
    expect(data.conversation.closedAt).not.toBeNull();
    expect(await leave(ben)).toBe('NOT_FOUND');
  });

  it('can be left by an owner where nobody has accepted yet: one of those who were asked has it then', async () => {
    const [ana, ben, cleo] = (await people(3)) as [Member, Member, Member];
    const id = await messaging.given.group(ana, []);
    const { add, leave } = actionsOn(id);
    await add(ana, [ben, cleo]);
    const accept = () => refusalOf(ben, 'acceptContactRequest', { conversationId: id });
    expect(await leave(ana, ben)).toBe('NOT_FOUND');
    expect(await accept()).toBeUndefined();
    expect(await leave(ana)).toBe('SUCCESSOR_REQUIRED');
    expect(await leave(ben)).toBeUndefined();
    expect(await leave(ana)).toBeUndefined();
    expect(await membersOf(cleo, id)).toEqual([[cleo.publicId, 'OWNER']]);
    expect((await historyOf(cleo, id)).slice(-3)).toEqual(['3 LEFT', '4 ROLE_CHANGED OWNER 1', '5 LEFT']);
  });

  it('keep an owner when the only one would become less', async () => {
    const { ana, ben, role } = await aGroup(messaging);
    expect(await role(ana, ana, 'MEMBER')).toBe('SUCCESSOR_REQUIRED');
    expect(await role(ana, ben, 'OWNER')).toBeUndefined();
    expect(await role(ana, ana, 'MEMBER')).toBeUndefined();
    expect(await role(ana, ben, 'MEMBER')).toBe('FORBIDDEN');
  });

  it('have 250 members at most', async () => {
    const { ana, id, add } = await aGroup(messaging);
    const ids = Array.from({ length: 248 }, () => userIds.create());
    await messaging.db.member.createMany({
      data: ids.map((each) => ({ id: each, registeredAt: new Date() })),
    });
    const friends = ids.map((each) => ({ id: each, publicId: userIds.encode(each) }) as Member);
    await messaging.given.friends(ana, ...friends);
    expect(await add(ana, friends)).toBe('LIMIT_REACHED');
    expect(await add(ana, friends.slice(1))).toBeUndefined();
    expect(await countOf(id)).toBe(250);
    expect(await add(ana, friends.slice(0, 1))).toBe('LIMIT_REACHED');
  });

  it('take in nobody whom a block separates from whoever adds them, and nobody who takes no new conversations', async () => {
    const { ana, id, add } = await aGroup(messaging);
    const [blocker, blocked, closed, gone] = (await people(4)) as [Member, Member, Member, Member];
    await messaging.db.block.createMany({
      data: [
        { blockerId: blocker.id, blockedId: ana.id, isActive: true, version: 1 },
        { blockerId: ana.id, blockedId: blocked.id, isActive: true, version: 1 },
      ],
    });
    await messaging.db.contactRule.create({
      data: { personId: closed.id, contactableBy: 'CONNECTIONS', version: 1 },
    });
    await messaging.db.member.update({ where: { id: gone.id }, data: { erasedAt: new Date() } });
    const friend = await messaging.given.member();
    await messaging.given.friends(ana, friend, blocker);
    for (const [who, code] of [
      [blocker, 'NOT_FOUND'],
      [blocked, 'NOT_FOUND'],
      [gone, 'NOT_FOUND'],
      [closed, 'NOT_CONTACTABLE'],
    ] as const)
      expect(await add(ana, [friend, who])).toBe(code);
    expect(await countOf(id)).toBe(3);
    await messaging.given.friends(ana, closed);
    expect(await add(ana, [friend, closed])).toBeUndefined();
  });

  it.each([' ', 'x'.repeat(101), 'a\nb'])('refuse the name %j', async (name) => {
    const { ana, id, rename } = await aGroup(messaging);
    expect(await rename(ana, name)).toBe('INVALID_INPUT');
    expect(await historyOf(ana, id)).toHaveLength(2);
  });

  it('are neither direct conversations nor the other way round', async () => {
    const [ana, ben] = (await people(2)) as [Member, Member];
    const actions = actionsOn(await messaging.given.conversation(ana, ben));
    expect(await actions.leave(ana)).toBe('INVALID_INPUT');
    expect(await actions.rename(ana, 'Us')).toBe('INVALID_INPUT');
    expect(await actions.remove(ana, ben)).toBe('INVALID_INPUT');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { conversationIds, inviteLinkIds } from '../ids.js';
import { actionsOn, historyOf, membersOf } from '../testing/groups.js';
import { barrierFor, givenMessaging, type Member, type Messaging } from '../testing/given.js';

const create = `mutation ($input: CreateInviteLinkInput!) { createInviteLink(input: $input) {
  inviteLink { id uses maxUses needsApproval expiresAt createdBy { id } } token userErrors { code path } } }`;
const revoke = `mutation ($input: RevokeInviteLinkInput!) { revokeInviteLink(input: $input) {
  inviteLink { id revokedAt } userErrors { code path } } }`;
const join = `mutation ($input: JoinByInviteLinkInput!) { joinByInviteLink(input: $input) {
  conversation { id } joinRequest { id status } userErrors { code path } } }`;
const decide = `mutation ($input: DecideJoinRequestInput!) { decideJoinRequest(input: $input) {
  joinRequest { status } userErrors { code } } }`;
const dayMs = 86_400_000;

describe('links by which people join groups', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  async function aLink(limits: object = {}) {
    const [ana, ben, cleo] = [
      await messaging.given.member(),
      await messaging.given.member(),
      await messaging.given.member(),
    ];
    const id = await messaging.given.group(ana, [ben]);
    const made = await linkTo(ana, id, limits);
    return { ana, ben, cleo, id, ...made };
  }
  const linkTo = async (who: Member, conversationId: string, limits: object = {}) => {
    const answer = await who.execute(create, { input: { conversationId, ...limits } });
    const { inviteLink, token } = answer.data.createInviteLink;
    return { link: inviteLink, token: token as string };
  };
  const refusal = ({ data, codes }: TestResult): string | undefined =>
    codes[0] ?? (Object.values(data as object)[0] as { userErrors: { code: string }[] }).userErrors[0]?.code;
  const joined = async (who: Member, token: string) =>
    (await who.execute(join, { input: { token } })).data.joinByInviteLink;
  const refusalToJoin = async (who: Member, token: string) =>
    refusal(await who.execute(join, { input: { token } }));
  const decided = async (who: Member, joinRequestId: string, isApproved: boolean) =>
    refusal(await who.execute(decide, { input: { joinRequestId, isApproved } }));
  const usesOf = async (id: string) =>
    (await messaging.db.inviteLink.findUniqueOrThrow({ where: { id: inviteLinkIds.decode(id) } })).uses;
  const waiting = async (who: Member, id: string) => {
    const { data } = await who.execute(
      'query ($id: ID!) { conversation(id: $id) { joinRequests(first: 5) { nodes { id user { id } } } } }',
      { id },
    );
    return data.conversation.joinRequests?.nodes as { id: string; user: { id: string } }[] | undefined;
  };

  it('lead whoever has one into the group, and show before what it is', async () => {
    const { cleo, id, token, link } = await aLink();
    const { data } = await cleo.execute(
      'query ($token: String!) { invitedGroup(token: $token) { name memberCount needsApproval } }',
      { token },
    );
    expect(data.invitedGroup).toEqual({ name: 'Choir', memberCount: 2, needsApproval: false });
    expect(await joined(cleo, token)).toEqual({ conversation: { id }, joinRequest: null, userErrors: [] });
    expect((await historyOf(cleo, id)).at(-1)).toBe('3 JOINED');
    expect(await usesOf(link.id as string)).toBe(1);
    expect(await joined(cleo, token)).toMatchObject({ conversation: { id } });
    expect(await usesOf(link.id as string)).toBe(1);
  });

  it('keep no token: what is in the database opens nothing', async () => {
    const { cleo, token, link } = await aLink();
    const row = await messaging.db.inviteLink.findUniqueOrThrow({
      where: { id: inviteLinkIds.decode(link.id as string) },
    });
    expect(JSON.stringify(row)).not.toContain(token);
    expect(await refusalToJoin(cleo, row.tokenHash)).toBe('NOT_FOUND');
  });

  it('are valid until they expire, are revoked or used up, each the same to whoever has one', async () => {
    const { ana, ben, cleo, token, link, id } = await aLink({ maxUses: 1, expiresInDays: 1 });
    const dan = await messaging.given.member();
    expect(await refusalToJoin(cleo, token)).toBeUndefined();
    expect(await refusalToJoin(dan, token)).toBe('NOT_FOUND');
    const revoked = await linkTo(ana, id);
    const input = { inviteLinkId: revoked.link.id };
    expect(refusal(await ben.execute(revoke, { input }))).toBe('FORBIDDEN');
    expect(refusal(await dan.execute(revoke, { input }))).toBe('NOT_FOUND');
    expect(refusal(await ana.execute(revoke, { input }))).toBeUndefined();
    expect(await refusalToJoin(dan, revoked.token)).toBe('NOT_FOUND');
    const expired = await linkTo(ana, id, { expiresInDays: 1 });
    messaging.clock.advance(dayMs);
    expect(await refusalToJoin(dan, expired.token)).toBe('NOT_FOUND');
    const { data } = await dan.execute('query ($token: String!) { invitedGroup(token: $token) { name } }', {
      token: expired.token,
    });
    expect(data.invitedGroup).toBeNull();
    expect(await usesOf(link.id as string)).toBe(1);
  });

  it('would let two in on the last use by reading the count first', async () => {
    const { link } = await aLink({ maxUses: 1 });
    const id = inviteLinkIds.decode(link.id as string);
    const bothHaveRead = barrierFor(2);
    const naive = () =>
      messaging.db.$transaction(async (tx) => {
        const { uses, maxUses } = await tx.inviteLink.findUniqueOrThrow({ where: { id } });
        await bothHaveRead();
        return uses < maxUses!;
      });
    expect(await Promise.all([naive(), naive()])).toEqual([true, true]);
  });

  it('let exactly one in on the last use, of many over two processes', async () => {
    const { ana, id, token, link } = await aLink({ maxUses: 1 });
    const people = await Promise.all(Array.from({ length: 8 }, () => messaging.given.member()));
    const refusals = await Promise.all(
      people.map((who, index) =>
        refusalToJoin(index % 2 ? who : { ...who, ...second.as(who.viewer) }, token),
      ),
    );
    expect(refusals.filter((code) => code === undefined)).toHaveLength(1);
    expect(await membersOf(ana, id)).toHaveLength(3);
    expect(await usesOf(link.id as string)).toBe(1);
  });

  it('may have an admin decide: whoever asks waits, once, and is let in or not', async () => {
    const { ana, ben, cleo, id, token, link } = await aLink({ needsApproval: true });
    const asked = await joined(cleo, token);
    expect(asked).toMatchObject({ conversation: null, joinRequest: { status: 'PENDING' } });
    expect(await joined(cleo, token)).toEqual(asked);
    expect(await usesOf(link.id as string)).toBe(1);
    expect(await waiting(ben, id)).toBeUndefined();
    const [request] = (await waiting(ana, id))!;
    expect(request).toEqual({ id: asked.joinRequest.id, user: { id: cleo.publicId } });
    expect(await decided(ben, request!.id, true)).toBe('FORBIDDEN');
    expect(await decided(cleo, request!.id, true)).toBe('NOT_FOUND');
    expect(await decided(ana, request!.id, true)).toBeUndefined();
    expect(await decided(ana, request!.id, true)).toBeUndefined();
    expect(await decided(ana, request!.id, false)).toBe('CONFLICT');
    expect(await waiting(ana, id)).toEqual([]);
    expect((await historyOf(cleo, id)).at(-1)).toBe('3 JOINED');
  });

  it('let whoever was declined ask again', async () => {
    const { ana, cleo, id, token } = await aLink({ needsApproval: true });
    const { joinRequest } = await joined(cleo, token);
    expect(await decided(ana, joinRequest.id as string, false)).toBeUndefined();
    expect(await membersOf(ana, id)).toHaveLength(2);
    expect((await joined(cleo, token)).joinRequest).toMatchObject({ status: 'PENDING' });
    expect(await waiting(ana, id)).toHaveLength(1);
  });

  it.each<[string, (group: { id: string; ana: Member; ben: Member }) => Promise<unknown>]>([
    ['was taken out', ({ id, ana, ben }) => actionsOn(id).remove(ana, ben)],
    ['is an admin no more', ({ id, ana, ben }) => actionsOn(id).role(ana, ben, 'MEMBER')],
    ['left', ({ id, ben }) => actionsOn(id).leave(ben)],
  ])('end when whoever made them %s, for good; those of others hold', async (_how, happens) => {
    const { ana, ben, cleo, id, token } = await aLink();
    await actionsOn(id).role(ana, ben, 'ADMIN');
    const bens = await linkTo(ben, id);
    await happens({ id, ana, ben });
    expect(await refusalToJoin(cleo, bens.token)).toBe('NOT_FOUND');
    await actionsOn(id).add(ana, [ben]);
    await actionsOn(id).role(ana, ben, 'ADMIN');
    expect(await refusalToJoin(cleo, bens.token)).toBe('NOT_FOUND');
    expect(await refusalToJoin(cleo, token)).toBeUndefined();
  });

  it('do not alone lead back in who was taken out', async () => {
    const { ana, ben, id, token } = await aLink();
    const { remove, leave } = actionsOn(id);
    await leave(ben);
    expect((await joined(ben, token)).conversation).toEqual({ id });
    await remove(ana, ben);
    const { conversation, joinRequest } = await joined(ben, token);
    expect(conversation).toBeNull();
    await decided(ana, joinRequest.id as string, true);
    expect(await membersOf(ana, id)).toHaveLength(2);
  });

  it('lead into no group that is closed or full', async () => {
    const { ana, ben, cleo, id, token, link } = await aLink();
    const key = conversationIds.decode(id);
    await messaging.db.conversation.update({ where: { id: key }, data: { memberCount: 250 } });
    expect(await refusalToJoin(cleo, token)).toBe('LIMIT_REACHED');
    expect(await usesOf(link.id as string)).toBe(0);
    await messaging.db.conversation.update({ where: { id: key }, data: { memberCount: 2 } });
    const { leave } = actionsOn(id);
    await leave(ben);
    await leave(ana);
    expect(await refusalToJoin(cleo, token)).toBe('NOT_FOUND');
  });

  it('are made and seen by admins, twenty at most', async () => {
    const { ana, ben, id } = await aLink();
    const input = { conversationId: id };
    expect(refusal(await ben.execute(create, { input }))).toBe('FORBIDDEN');
    expect(refusal(await (await messaging.given.member()).execute(create, { input }))).toBe('NOT_FOUND');
    expect(refusal(await messaging.anonymous.execute(create, { input }))).toBe('UNAUTHENTICATED');
    for (let count = 1; count < 20; count++) await linkTo(ana, id);
    expect(refusal(await ana.execute(create, { input }))).toBe('LIMIT_REACHED');
    const links = async (who: Member): Promise<unknown[] | null> =>
      (await who.execute('query ($id: ID!) { conversation(id: $id) { inviteLinks { id } } }', { id })).data
        .conversation.inviteLinks;
    expect(await links(ana)).toHaveLength(20);
    expect(await links(ben)).toBeNull();
    const direct = await messaging.given.conversation(ana, ben);
    expect(refusal(await ana.execute(create, { input: { conversationId: direct } }))).toBe('INVALID_INPUT');
  });

  it('and wishes to join are read for many groups by as many statements as for one', async () => {
    const { ana, cleo, token } = await aLink({ needsApproval: true });
    await joined(cleo, token);
    const listed = async () => {
      const before = messaging.sent.length;
      const { data } = await ana.execute(`{ conversations(first: 9) { nodes {
        inviteLinks { id } joinRequests(first: 5) { nodes { user { id } } } } } }`);
      // Nothing else that was announced meanwhile.
      const sent = messaging.sent.slice(before).filter((sql) => /invite_links|join_requests/.test(sql));
      return { statements: sent.length, groups: data.conversations.nodes as object[] };
    };
    const one = await listed();
    const second = await messaging.given.group(ana, []);
    await linkTo(ana, second);
    await messaging.given.group(ana, []);
    const three = await listed();
    expect(three.statements).toBe(one.statements);
    const nobody = { nodes: [] };
    expect(three.groups).toEqual([
      { inviteLinks: [], joinRequests: nobody },
      { inviteLinks: [{ id: expect.any(String) }], joinRequests: nobody },
      ...one.groups,
    ]);
    expect(one.groups).toMatchObject([{ joinRequests: { nodes: [{ user: { id: cleo.publicId } }] } }]);
  });

  it.each([{ expiresInDays: 0 }, { expiresInDays: 91 }, { maxUses: 0 }, { maxUses: 1_001 }])(
    'refuse %j',
    async (limits) => {
      const { ana, id } = await aLink();
      const answer = await ana.execute(create, { input: { conversationId: id, ...limits } });
      expect(refusal(answer)).toBe('INVALID_INPUT');
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { givenEvents } from '../testing/given.js';

const answer = 'event { id version coHosts { id } } userErrors { code path }';
const documents = {
  inviteCoHost: `mutation ($input: InviteCoHostInput!) { inviteCoHost(input: $input) { ${answer} } }`,
  acceptCoHostInvitation: `mutation ($input: AcceptCoHostInvitationInput!) { acceptCoHostInvitation(input: $input) { ${answer} } }`,
  removeCoHost: `mutation ($input: RemoveCoHostInput!) { removeCoHost(input: $input) { ${answer} } }`,
  updateEvent: `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { ${answer} } }`,
  cancelEvent: `mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { ${answer} } }`,
};

describe('co-hosts', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  type Person = ReturnType<typeof events.given.person>;
  async function run(name: keyof typeof documents, viewer: Viewer | null, input: object) {
    const { data, codes } = await events.as(viewer).execute(documents[name], { input });
    const payload = data?.[name] ?? {};
    return { ...payload, refusal: codes[0] ?? payload.userErrors?.[0]?.code ?? null };
  }
  async function anEvent(overrides: object = {}) {
    const organizer = events.given.person();
    const event = await events.given.event({ organizerId: organizer.id, ...overrides });
    const about = { eventId: event.publicId };
    return {
      organizer,
      event,
      invite: async (person: Person) => {
        if ((await events.db.person.count({ where: { userId: person.id } })) === 0)
          await events.given.known(person);
        return run('inviteCoHost', organizer.viewer, { ...about, userId: person.publicId });
      },
      accept: (person: Person) => run('acceptCoHostInvitation', person.viewer, about),
      remove: (by: Person, person: Person) =>
        run('removeCoHost', by.viewer, { ...about, userId: person.publicId }),
      change: (by: Person, expectedVersion: number) =>
        run('updateEvent', by.viewer, { ...about, expectedVersion, title: 'Ours' }),
      row: () => events.db.event.findUniqueOrThrow({ where: { id: event.id } }),
    };
  }

  it('change an event once they have accepted, and only while they are co-hosts', async () => {
    const { organizer, event, invite, accept, remove, change } = await anEvent({ status: 'DRAFT' });
    const person = events.given.person();
    expect((await change(person, 1)).refusal).toBe('NOT_FOUND');
    expect((await invite(person)).refusal).toBeNull();
    expect((await change(person, 1)).refusal).toBe('FORBIDDEN');
    expect((await accept(person)).event).toMatchObject({ version: 2, coHosts: [{ id: person.publicId }] });
    expect((await change(person, 2)).refusal).toBeNull();
    expect((await run('cancelEvent', person.viewer, { eventId: event.publicId })).refusal).toBe('FORBIDDEN');
    expect((await remove(organizer, person)).refusal).toBeNull();
    expect((await change(person, 4)).refusal).toBe('NOT_FOUND');
  });

  it('stay what they were once the event is over: they would rate their own', async () => {
    const { organizer, event, invite, accept, remove, row } = await anEvent();
    const [person, late] = [events.given.person(), events.given.person()];
    await invite(person);
    await accept(person);
    await invite(late);
    const endsAt = events.clock.now();
    const startsAt = new Date(endsAt.getTime() - 3_600_000);
    await events.db.event.update({ where: { id: event.id }, data: { startsAt, endsAt } });
    expect((await remove(person, person)).refusal).toBe('CONFLICT');
    expect((await remove(organizer, person)).refusal).toBe('CONFLICT');
    expect((await accept(late)).refusal).toBe('CONFLICT');
    expect((await invite(events.given.person())).refusal).toBe('CONFLICT');
    expect((await row()).coHostIds).toEqual([person.id]);
    expect((await remove(late, late)).refusal).toBeNull();
  });

  it('are told of the invitation, find it with themselves, and others are told of them', async () => {
    const { organizer, event, invite, accept } = await anEvent();
    const person = events.given.person();
    await invite(person);
    await invite(person);
    const query = `query ($people: [_Any!]!) { _entities(representations: $people) { ... on User {
      coHostInvitations { event { id } user { id } invitedBy { id } } coHostedEvents(first: 5) { nodes { id } } } } }`;
    const seenBy = async ({ viewer }: Person, of: Person) =>
      events.as(viewer).execute(query, { people: [{ __typename: 'User', id: of.publicId }] });
    const invitation = {
      ...{ event: { id: event.publicId }, user: { id: person.publicId } },
      invitedBy: { id: organizer.publicId },
    };
    expect((await seenBy(person, person)).data._entities).toEqual([
      { coHostInvitations: [invitation], coHostedEvents: { nodes: [] } },
    ]);
    expect((await seenBy(organizer, person)).codes).toEqual(['FORBIDDEN']);
    await accept(person);
    expect((await seenBy(person, person)).data._entities).toEqual([
      { coHostInvitations: [], coHostedEvents: { nodes: [{ id: event.publicId }] } },
    ]);
    const told = await events.published(event.publicId);
    expect(told.map(({ type }) => type)).toEqual(['coHost.invited', 'audit.recorded', 'event.changed']);
    expect(told[2]!.data).toMatchObject({ hostIds: [organizer.publicId, person.publicId] });
    expect(await auditLines(events.db, event.publicId)).toMatchObject([
      { action: 'coHost.added', personId: person.id, actor: { id: person.id } },
    ]);
  });

  it('decline, and leave by themselves; nobody else removes them but the organizer', async () => {
    const { event, invite, accept, remove, row } = await anEvent();
    const [one, other] = [events.given.person(), events.given.person()];
    await invite(one);
    expect((await remove(one, one)).refusal).toBeNull();
    expect((await accept(one)).refusal).toBe('NOT_FOUND');
    for (const person of [one, other]) {
      await invite(person);
      await accept(person);
    }
    expect((await remove(other, one)).refusal).toBe('FORBIDDEN');
    expect((await row()).coHostIds).toEqual([one.id, other.id]);
    await remove(one, one);
    await remove(one, one);
    expect((await row()).coHostIds).toEqual([other.id]);
    expect((await auditLines(events.db, event.publicId)).at(-1)).toMatchObject({
      action: 'coHost.removed',
      personId: one.id,
    });
  });

  it('are ten at most, also when they are asked at once', async () => {
    const { event, invite, accept } = await anEvent();
    const people = Array.from({ length: 14 }, () => events.given.person());
    const refusals = (await Promise.all(people.map(invite))).map(({ refusal }) => refusal);
    expect(refusals.filter((refusal) => refusal === 'CONFLICT')).toHaveLength(4);
    await Promise.all(people.map(accept));
    const { coHostIds } = await events.db.event.findUniqueOrThrow({ where: { id: event.id } });
    expect(new Set(coHostIds).size).toBe(10);
  });

  it('are nobody who keeps away from the organizer, and not the organizer', async () => {
    const { organizer, invite, row } = await anEvent();
    const shy = events.given.person();
    await events.db.block.create({
      data: { blockerId: shy.id, blockedId: organizer.id, isActive: true, version: 1 },
    });
    expect((await invite(shy)).userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['userId'] }]);
    expect((await invite(organizer)).refusal).toBe('INVALID_INPUT');
    expect((await row()).coHostIds).toEqual([]);
  });

  it.each<[string, (sides: Record<string, Person>) => Viewer | null, string | null, string | null]>([
    ['a visitor', () => null, 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
    ['a stranger', () => events.given.person().viewer, 'FORBIDDEN', 'FORBIDDEN'],
    [
      'a program',
      () => events.given.person({ kind: 'service', scopes: ['events:read'] }).viewer,
      'FORBIDDEN',
      'FORBIDDEN',
    ],
    ['a co-host', ({ coHost }) => coHost!.viewer, 'FORBIDDEN', null],
    ['the organizer', ({ organizer }) => organizer!.viewer, null, null],
    ['a super user', () => events.given.person({ roles: ['SUPER_USER'] }).viewer, null, null],
  ])('%s inviting one: %s; reading invitations: %s', async (_who, viewerOf, inviting, reading) => {
    const { organizer, event, invite, accept } = await anEvent();
    const coHost = events.given.person();
    await invite(coHost);
    await accept(coHost);
    const viewer = viewerOf({ organizer, coHost });
    const asked = events.given.person();
    const input = { eventId: event.publicId, userId: asked.publicId };
    const unknown = await run('inviteCoHost', viewer, input);
    expect(unknown.refusal).toBe(inviting ?? 'NOT_FOUND');
    await events.given.known(asked);
    expect((await run('inviteCoHost', viewer, input)).refusal).toBe(inviting);
    expect(await events.db.coHostInvitation.count({ where: { eventId: event.id } })).toBe(inviting ? 0 : 1);
    const query = `query ($id: ID!) { event(id: $id) { coHosts { id } coHostInvitations { user { id } } } }`;
    const { data, codes } = await events.as(viewer).execute(query, { id: event.publicId });
    expect(data.event.coHosts).toEqual([{ id: coHost.publicId }]);
    expect([codes.length === 0, data.event.coHostInvitations === null]).toEqual([!reading, !!reading]);
  });

  it('have their events listed by one statement for many of them, as each alone would be', async () => {
    const [one, other, nobody] = [events.given.person(), events.given.person(), events.given.person()];
    const both = { coHostIds: [one.id, other.id] };
    const [shared, hidden] = [
      await events.given.event(both),
      await events.given.event({ ...both, visibility: 'PRIVATE' }),
    ];
    const own = await events.given.event({ coHostIds: [other.id] });
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
      coHostedEvents(first: 5) { nodes { id } } } } }`;
    const listed = async (viewer: Viewer | null, people: Person[]) => {
      const before = events.statements.length;
      const r = people.map(({ publicId }) => ({ __typename: 'User', id: publicId }));
      const { data } = await events.as(viewer).execute(query, { r });
      const ids = data._entities.map(({ coHostedEvents }: any) =>
        coHostedEvents.nodes.map(({ id }: { id: string }) => id).sort(),
      );
      return { ids, cost: events.statements.length - before };
    };
    const { ids, cost } = await listed(null, [one, other, nobody]);
    expect(ids).toEqual([[shared.publicId], [own.publicId, shared.publicId].sort(), []]);
    expect(cost).toBe((await listed(null, [other])).cost);
    const all = [hidden.publicId, shared.publicId].sort();
    expect((await listed(one.viewer, [one])).ids).toEqual([all]);
  });
});

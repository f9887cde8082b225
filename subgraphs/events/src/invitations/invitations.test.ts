import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines, personalDataOf } from '@diaspora/kit/testing';
import { invitationIds } from '../ids.js';
import { expireInvitation, mailInvitation } from '../jobs.js';
import { usualSettings } from '../registration-form/index.js';
import { dayMs, givenEvents } from '../testing/given.js';

const invite = `mutation ($input: InviteToEventInput!) { inviteToEvent(input: $input) {
  invitation { id status email user { id } } userErrors { code path } } }`;
const act = (verb: 'revoke' | 'decline') => `mutation ($id: ID!) {
  ${verb}EventInvitation(input: { invitationId: $id }) { invitation { status } userErrors { code } } }`;
const redeem = `mutation ($token: String!) { redeemEventInvitation(input: { token: $token }) {
  invitation { id status user { id } event { title } } userErrors { code } } }`;
const register = `mutation ($id: ID!) { registerForEvent(input: { eventId: $id }) {
  registration { status } userErrors { code } } }`;
const look = `query ($id: ID!) { event(id: $id) { title viewerInvitation { status email }
  viewerEligibility { isAllowed reasonCode nextStep } invitations(first: 10) { nodes { id email status } } } }`;
const mine = `{ eventInvitations(first: 10) { nodes { id event { id } invitedBy { id } } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
let keys = 0;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

const outcome = ({ data, codes }: { data: any; codes: readonly string[] }): string =>
  codes[0] ?? Object.values<any>(data)[0].userErrors[0]?.code ?? 'done';

/** Somebody users have told of. */
async function aMember() {
  const member = events.given.person();
  await events.given.known(member);
  return member;
}

async function scene(overrides: object = {}) {
  const host = events.given.person();
  const event = await events.given.event({ organizerId: host.id, visibility: 'PRIVATE', ...overrides });
  const asking = (more: object, viewer: Viewer | null = host.viewer) =>
    events
      .as(viewer)
      .execute(invite, { input: { idempotencyKey: `k${++keys}`, eventId: event.publicId, ...more } });
  const invited = async (more: object) => (await asking(more)).data.inviteToEvent.invitation.id as string;
  /** What was mailed to an address. */
  const mailed = async (email: string) => {
    const id = await invited({ email });
    await events.run(mailInvitation, { invitationId: invitationIds.decode(id) });
    const token = /^inv_\S+$/m.exec(events.mails.at(-1)!.text)![0];
    return { id, token };
  };
  const seen = async (viewer: Viewer | null) =>
    (await events.as(viewer).execute(look, { id: event.publicId })).data.event;
  return { host, event, asking, invited, mailed, seen };
}

describe('an invitation to an event', () => {
  it('shows a private event to the member it names, who is told, and registers without approval', async () => {
    const { host, event, asking, seen } = await scene();
    const settings = { ...usualSettings, requiresApproval: true, version: 1, eventId: event.id };
    await events.db.registrationSettings.create({ data: settings });
    const guest = await aMember();
    expect(await seen(guest.viewer)).toBeNull();
    const { data } = await asking({ userId: guest.publicId });
    const { id } = data.inviteToEvent.invitation;
    expect(await seen(guest.viewer)).toMatchObject({
      title: event.title,
      viewerInvitation: { status: 'PENDING' },
      viewerEligibility: { isAllowed: true, nextStep: 'REGISTER' },
    });
    expect((await events.as(guest.viewer).execute(mine)).data.eventInvitations.nodes).toEqual([
      { id, event: { id: event.publicId }, invitedBy: { id: host.publicId } },
    ]);
    const told = (await events.published(event.publicId)).filter(
      ({ type }) => type === 'eventInvitation.sent',
    );
    expect(told.map(({ data: sent }) => sent)).toMatchObject([
      { userId: guest.publicId, inviterId: host.publicId },
    ]);
    expect(await auditLines(events.db, event.publicId)).toMatchObject([{ action: 'eventInvitation.sent' }]);
    const registered = await events.as(guest.viewer).execute(register, { id: event.publicId });
    expect(registered.data.registerForEvent.registration).toEqual({ status: 'CONFIRMED' });
    expect((await seen(guest.viewer)).viewerInvitation.status).toBe('ACCEPTED');
  });

  it('that was accepted shows a private event for as long as the place is held', async () => {
    const { event, invited, seen } = await scene();
    const guest = await aMember();
    await invited({ userId: guest.publicId });
    await events.as(guest.viewer).execute(register, { id: event.publicId });
    expect(await seen(guest.viewer)).not.toBeNull();
    await events.db.registration.updateMany({
      where: { userId: guest.id },
      data: { status: 'DECLINED', places: 0 },
    });
    expect(await seen(guest.viewer)).toBeNull();
  });

  it('to an address is mailed, works once, and for nobody else afterwards', async () => {
    const { mailed, seen, host } = await scene();
    const { id, token } = await mailed('ana@example.org');
    expect(events.mails.at(-1)!.to).toBe('ana@example.org');
    const [ana, eve] = [events.given.person(), events.given.person()];
    const answers = await Promise.all(
      [ana, eve].map(({ viewer }) => events.as(viewer).execute(redeem, { token })),
    );
    expect(answers.map(outcome).sort()).toEqual(['NOT_FOUND', 'done']);
    const winner = outcome(answers[0]!) === 'done' ? ana : eve;
    const loser = winner === ana ? eve : ana;
    expect(outcome(await events.as(winner.viewer).execute(redeem, { token }))).toBe('done');
    expect(await seen(winner.viewer)).not.toBeNull();
    expect(await seen(loser.viewer)).toBeNull();
    expect(outcome(await events.as(loser.viewer).execute(act('decline'), { id }))).toBe('NOT_FOUND');
    const [entry] = (await seen(host.viewer)).invitations.nodes;
    expect(entry).toEqual({ id, email: null, status: 'PENDING' });
  });

  it('is known by no token that we did not mail', async () => {
    const { mailed, seen } = await scene();
    const { id, token } = await mailed('ana@example.org');
    const { viewer } = events.given.person();
    const other = await mailed('ben@example.org');
    const forged = [
      id,
      `${id}.`,
      `${id}.${token.split('.')[1]!.slice(1)}`,
      `${id}.${other.token.split('.')[1]}`,
      '',
    ];
    for (const each of forged)
      expect(outcome(await events.as(viewer).execute(redeem, { token: each }))).toBe('NOT_FOUND');
    expect(await seen(viewer)).toBeNull();
    expect(JSON.stringify(await events.db.eventInvitation.findMany())).not.toContain(token.split('.')[1]);
  });

  it.each<[string, (s: Awaited<ReturnType<typeof scene>>, id: string, guest: Viewer) => Promise<unknown>]>([
    ['revoked', ({ host }, id) => events.as(host.viewer).execute(act('revoke'), { id })],
    ['declined', (_s, id, guest) => events.as(guest).execute(act('decline'), { id })],
    [
      'expired',
      async (_s, id) => {
        events.clock.advance(3 * dayMs);
        await events.run(expireInvitation, { invitationId: invitationIds.decode(id) });
      },
    ],
  ])('that was %s shows nothing any more, and another can be sent', async (_how, settle) => {
    const s = await scene();
    const guest = await aMember();
    const id = await s.invited({ userId: guest.publicId, expiresInDays: 3 });
    expect(outcome(await s.asking({ userId: guest.publicId }))).toBe('CONFLICT');
    await settle(s, id, guest.viewer);
    expect(await s.seen(guest.viewer)).toBeNull();
    expect(outcome(await events.as(guest.viewer).execute(register, { id: s.event.publicId }))).toBe(
      'NOT_FOUND',
    );
    expect(outcome(await s.asking({ userId: guest.publicId }))).toBe('done');
  });

  it('that has expired admits nobody, whether or not anything noted it', async () => {
    const { event, invited, seen } = await scene({ visibility: 'PUBLIC' });
    const settings = { ...usualSettings, requiresApproval: true, version: 1, eventId: event.id };
    await events.db.registrationSettings.create({ data: settings });
    const guest = await aMember();
    await invited({ userId: guest.publicId, expiresInDays: 1 });
    events.clock.advance(dayMs);
    expect(await seen(guest.viewer)).toMatchObject({
      viewerInvitation: { status: 'EXPIRED' },
      viewerEligibility: { nextStep: 'REQUEST_APPROVAL' },
    });
    const { data } = await events.as(guest.viewer).execute(register, { id: event.publicId });
    expect(data.registerForEvent.registration.status).toBe('PENDING');
  });

  it('is one for a repeated call, and mails nothing when it was taken back', async () => {
    const { host, event } = await scene();
    const input = { idempotencyKey: 'same', eventId: event.publicId, email: 'late@example.org' };
    const answers = await Promise.all([1, 2, 3].map(() => events.as(host.viewer).execute(invite, { input })));
    const ids = new Set(answers.map(({ data }) => data.inviteToEvent.invitation.id as string));
    expect(ids.size).toBe(1);
    const [id] = [...ids] as [string];
    await events.as(host.viewer).execute(act('revoke'), { id });
    const before = events.mails.length;
    await events.run(mailInvitation, { invitationId: invitationIds.decode(id) });
    expect(events.mails).toHaveLength(before);
  });

  it.each<[string, (host: Viewer) => Viewer | null, string]>([
    ['anonymous', () => null, 'UNAUTHENTICATED'],
    ['a stranger', () => events.given.person().viewer, 'FORBIDDEN'],
    ['the organizer', (host) => host, 'done'],
  ])('sent by %s: %s', async (_who, viewerOf, expected) => {
    const { host, event, asking, invited, seen } = await scene({ visibility: 'PUBLIC' });
    const viewer = viewerOf(host.viewer);
    expect(outcome(await asking({ email: 'x@example.org' }, viewer))).toBe(expected);
    const count = expected === 'done' ? 1 : 0;
    expect(await events.db.eventInvitation.count({ where: { eventId: event.id } })).toBe(count);
    const id = await invited({ email: 'y@example.org' });
    expect((await seen(viewer)).invitations === null).toBe(count === 0);
    expect(outcome(await events.as(viewer).execute(act('revoke'), { id }))).toBe(expected);
  });

  it('shows a private event no longer than it stands, although nothing has noted its end', async () => {
    const { event, invited, seen, host } = await scene();
    const guest = await aMember();
    await invited({ userId: guest.publicId, expiresInDays: 1 });
    await invited({ email: 'late@example.org', expiresInDays: 1 });
    events.clock.advance(dayMs - 1);
    expect(await seen(guest.viewer)).not.toBeNull();
    events.clock.advance(1);
    expect(await seen(guest.viewer)).toBeNull();
    expect(outcome(await events.as(guest.viewer).execute(register, { id: event.publicId }))).toBe(
      'NOT_FOUND',
    );
    const left = (await seen(host.viewer)).invitations.nodes as { status: string; email: string | null }[];
    expect(left.map(({ status, email }) => [status, email])).toEqual([
      ['EXPIRED', null],
      ['EXPIRED', null],
    ]);
  });

  it('is for people who are there, and not for those who have blocked who asks', async () => {
    const { event, asking, host } = await scene();
    const [nobody, blocker] = [events.given.person(), await aMember()];
    await events.db.block.create({
      data: { blockerId: blocker.id, blockedId: host.id, isActive: true, version: 1 },
    });
    const refusal = async (userId: string) => (await asking({ userId })).data.inviteToEvent.userErrors;
    expect(await refusal(nobody.publicId)).toEqual([{ code: 'NOT_FOUND', path: ['userId'] }]);
    expect(await refusal(blocker.publicId)).toEqual([{ code: 'CONFLICT', path: ['userId'] }]);
    expect(await events.db.eventInvitation.count({ where: { eventId: event.id } })).toBe(0);
  });

  it.each<[string, object, string]>([
    ['nobody', {}, 'INVALID_INPUT'],
    ['two at once', { userId: 'usr_01h455vb4pex5vsknk084sn02q', email: 'a@example.org' }, 'INVALID_INPUT'],
    ['too long', { email: 'a@example.org', expiresInDays: 61 }, 'INVALID_INPUT'],
    ['no id', { userId: 'nonsense' }, 'INVALID_INPUT'],
  ])('is refused for %s', async (_name, more, code) => {
    const { asking } = await scene();
    expect(outcome(await asking(more))).toBe(code);
  });

  it('of whoever was erased is gone, and what they wrote to addresses with it', async () => {
    const { host, event, invited } = await scene();
    const guest = await aMember();
    await invited({ userId: guest.publicId });
    await invited({ email: 'secret@example.org' });
    const data = personalDataOf(events.subgraph.jobs!, events.privateStore);
    expect((await data.exported(guest.id)).records['event-invitations']).toHaveLength(1);
    await data.erase(guest.id);
    expect(await events.db.eventInvitation.count({ where: { userId: guest.id } })).toBe(0);
    await data.erase(host.id);
    const left = await events.db.eventInvitation.findMany({ where: { eventId: event.id } });
    expect(left.filter(({ email }) => email !== null)).toEqual([]);
  });
});

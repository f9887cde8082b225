import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { createOutbox } from '@diaspora/kit';
import type { RegistrationSettings } from '../__generated__/prisma/client.js';
import { registrationIds, userIds } from '../ids.js';
import { messages } from '../messages.js';
import { createPlaces } from '../places/index.js';
import { usualSettings } from '../registration-form/index.js';
import { dayMs, givenEvents } from '../testing/given.js';
import { createAdmission, createTransitions } from './index.js';
import { mostInterests } from './rules.js';

const register = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) {
  registration { id status guests places } userErrors { __typename code path } } }`;
const update = `mutation ($input: UpdateRegistrationInput!) { updateRegistration(input: $input) {
  registration { guests places } userErrors { code path } } }`;
const cancel = `mutation ($id: ID!) { cancelRegistration(input: { registrationId: $id }) { userErrors { code } } }`;
const decide = (verb: 'approve' | 'decline') => `mutation ($id: ID!) {
  ${verb}Registration(input: { registrationId: $id }) { registration { status places } userErrors { code } } }`;
const interest = `mutation ($eventId: ID!, $isInterested: Boolean!) {
  setEventInterest(input: { eventId: $eventId, isInterested: $isInterested }) {
    event { interestedCount viewerRegistration { status } } userErrors { code } } }`;
const look = `query ($id: ID!) { event(id: $id) { registeredCount freePlaces
  viewerEligibility { isAllowed reasonCode nextStep } } }`;

type Scene = Awaited<ReturnType<typeof givenEvents>>;
let events: Scene;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

type Terms = Partial<Omit<RegistrationSettings, 'eventId'>>;

async function eventOn(terms: Terms, overrides: Parameters<Scene['given']['event']>[0] = {}) {
  const event = await events.given.event(overrides);
  await events.db.registrationSettings.create({
    data: { ...usualSettings, version: 1, ...terms, eventId: event.id },
  });
  return event;
}

const codes = ({ data, codes: top }: { data: any; codes: readonly string[] }): string[] => [
  ...top,
  ...(data ? Object.values<any>(data).flatMap(({ userErrors }) => userErrors.map((e: any) => e.code)) : []),
];
const attempt = async (viewer: Viewer, eventId: string, more: object = {}) =>
  events.as(viewer).execute(register, { input: { eventId, ...more } });
const eligibility = async (viewer: Viewer | null, id: string) =>
  (await events.as(viewer).execute(look, { id })).data.event.viewerEligibility;
const counted = async (id: string) =>
  (await events.db.event.findUniqueOrThrow({ where: { id } })).registeredCount;
const inDays = (days: number) => new Date(events.clock.now().getTime() + days * dayMs);

describe('the gates before a registration', () => {
  it.each<[string, Terms, string | null, string | null, string | null]>([
    ['on the usual terms', {}, null, 'REGISTER', null],
    ['that is approved', { requiresApproval: true }, null, 'REQUEST_APPROVAL', null],
    [
      'for a plan',
      { requiredEntitlement: 'GALA' },
      'ENTITLEMENT_REQUIRED',
      'UPGRADE_PLAN',
      'ENTITLEMENT_REQUIRED',
    ],
    ['not yet', { opensAt: inDaysFromStart(1) }, 'NOT_OPEN_YET', 'WAIT', 'REGISTRATION_CLOSED'],
    ['no longer', { closesAt: inDaysFromStart(-1) }, 'CLOSED', null, 'REGISTRATION_CLOSED'],
  ])(
    '%s: what is said agrees with what registering answers',
    async (_name, terms, reasonCode, nextStep, code) => {
      const event = await eventOn(terms);
      const { viewer } = events.given.person();
      const isAllowed = reasonCode === null;
      expect(await eligibility(viewer, event.publicId)).toEqual({ isAllowed, reasonCode, nextStep });
      expect(codes(await attempt(viewer, event.publicId))).toEqual(code ? [code] : []);
      expect(await counted(event.id)).toBe(isAllowed && !terms.requiresApproval ? 1 : 0);
    },
  );

  it('open for whoever has the plan', async () => {
    const event = await eventOn({ requiredEntitlement: 'GALA' });
    const { viewer } = events.given.person({ entitlements: ['GALA'] });
    expect(codes(await attempt(viewer, event.publicId))).toEqual([]);
  });

  it('are looked at in their order: the plan, the block, the capacity, the time', async () => {
    const terms = { requiredEntitlement: 'GALA', closesAt: inDays(-1) };
    const event = await eventOn(terms, { capacity: 1, registeredCount: 1 });
    const { viewer, id } = events.given.person();
    const reasons = [];
    reasons.push((await eligibility(viewer, event.publicId)).reasonCode);
    const entitled = { ...viewer, entitlements: ['GALA'] };
    const block = { blockerId: event.organizerId, blockedId: id, version: 1 };
    await events.db.block.create({ data: { ...block, isActive: true } });
    reasons.push((await eligibility(entitled, event.publicId)).reasonCode);
    await events.db.block.deleteMany({ where: { blockedId: id } });
    reasons.push((await eligibility(entitled, event.publicId)).reasonCode);
    await events.db.event.update({ where: { id: event.id }, data: { capacity: 2 } });
    reasons.push((await eligibility(entitled, event.publicId)).reasonCode);
    expect(reasons).toEqual(['ENTITLEMENT_REQUIRED', 'NOT_ADMITTED', 'SOLD_OUT', 'CLOSED']);
  });

  it('say what to do to visitors and to whoever comes too late', async () => {
    const event = await events.given.event({ capacity: 1, registeredCount: 1 });
    const lonely = await eventOn({ waitlist: 'NONE' }, { capacity: 1, registeredCount: 1 });
    const { viewer } = events.given.person();
    expect((await eligibility(null, event.publicId)).nextStep).toBe('SIGN_IN');
    expect((await eligibility(viewer, event.publicId)).nextStep).toBe('JOIN_WAITLIST');
    expect((await eligibility(viewer, lonely.publicId)).nextStep).toBeNull();
  });
});

/** Of the clock all tests share, which is not there yet when tables are written. */
function inDaysFromStart(days: number): Date {
  return new Date(new Date('2026-06-01T12:00:00.000Z').getTime() + days * dayMs);
}

describe('guests', () => {
  it('take places, as many as the terms allow, and give them back', async () => {
    const event = await eventOn({ maxGuests: 3 }, { capacity: 5 });
    const { viewer } = events.given.person();
    const { data } = await attempt(viewer, event.publicId, { guests: 2 });
    const { id } = data.registerForEvent.registration;
    expect(data.registerForEvent.registration).toMatchObject({ status: 'CONFIRMED', guests: 2, places: 3 });
    expect(await counted(event.id)).toBe(3);
    const change = (guests: number) =>
      events.as(viewer).execute(update, { input: { registrationId: id, guests } });
    expect((await change(3)).data.updateRegistration.registration).toEqual({ guests: 3, places: 4 });
    expect(codes(await change(4))).toEqual(['INVALID_INPUT']);
    expect(codes(await attempt(events.given.person().viewer, event.publicId, { guests: 1 }))).toEqual([
      'SOLD_OUT',
    ]);
    expect((await change(0)).data.updateRegistration.registration).toEqual({ guests: 0, places: 1 });
    expect(await counted(event.id)).toBe(1);
    expect(codes(await attempt(events.given.person().viewer, event.publicId, { guests: 1 }))).toEqual([]);
    await events.as(viewer).execute(cancel, { id });
    expect(await counted(event.id)).toBe(2);
  });

  it('are not more than there are free places, also when two people add theirs at once', async () => {
    const event = await eventOn({ maxGuests: 5 }, { capacity: 8 });
    const people = [events.given.person(), events.given.person()];
    const ids: string[] = [];
    for (const { viewer } of people)
      ids.push((await attempt(viewer, event.publicId)).data.registerForEvent.registration.id as string);
    const answers = await Promise.all(
      people.map(({ viewer }, index) =>
        events.as(viewer).execute(update, { input: { registrationId: ids[index], guests: 5 } }),
      ),
    );
    expect(answers.map(codes).flat()).toEqual(['SOLD_OUT']);
    expect(await counted(event.id)).toBe(7);
  });

  it.each([-1, 1])('%i are refused where none are expected', async (guests) => {
    const event = await events.given.event();
    const answer = await attempt(events.given.person().viewer, event.publicId, { guests });
    expect(answer.data.registerForEvent.userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['guests'] },
    ]);
    expect(await counted(event.id)).toBe(0);
  });
});

describe('approval', () => {
  async function requested(overrides: object = {}) {
    const host = events.given.person();
    const event = await eventOn(
      { requiresApproval: true, maxGuests: 2 },
      { organizerId: host.id, ...overrides },
    );
    const guest = events.given.person();
    const { data } = await attempt(guest.viewer, event.publicId, { guests: 1 });
    return { host, event, guest, id: data.registerForEvent.registration.id as string };
  }
  const types = async (key: string) =>
    (await events.published(key)).map(({ type }) => type).filter((type) => type !== 'audit.recorded');

  it('takes the places when an organizer approves, not before, and tells all', async () => {
    const { host, event, guest, id } = await requested({ capacity: 2 });
    expect(await counted(event.id)).toBe(0);
    expect(await eligibility(guest.viewer, event.publicId)).toMatchObject({ reasonCode: 'APPROVAL_PENDING' });
    const { data } = await events.as(host.viewer).execute(decide('approve'), { id });
    expect(data.approveRegistration.registration).toEqual({ status: 'CONFIRMED', places: 2 });
    expect(await counted(event.id)).toBe(2);
    expect(await types(event.publicId)).toEqual([
      'registration.requested',
      'registration.confirmed',
      'registration.decided',
    ]);
    const lines = await auditLines(events.db, event.publicId);
    expect(lines).toMatchObject([{ action: 'registration.approved' }]);
  });

  it('declined bars from asking again, until an organizer thinks better of it', async () => {
    const { host, event, guest, id } = await requested();
    await events.as(host.viewer).execute(decide('decline'), { id });
    expect(codes(await attempt(guest.viewer, event.publicId))).toEqual(['REGISTRATION_CLOSED']);
    expect(await types(event.publicId)).toEqual(['registration.requested', 'registration.decided']);
    await events.as(host.viewer).execute(decide('approve'), { id });
    expect(await counted(event.id)).toBe(2);
  });

  it('can be taken back, and the place with it', async () => {
    const { host, event, id } = await requested();
    await events.as(host.viewer).execute(decide('approve'), { id });
    const { data } = await events.as(host.viewer).execute(decide('decline'), { id });
    expect(data.declineRegistration.registration).toEqual({ status: 'DECLINED', places: 0 });
    expect(await counted(event.id)).toBe(0);
    expect((await types(event.publicId)).at(-2)).toBe('registration.cancelled');
  });

  it('is refused when the places are gone', async () => {
    const { host, event, id } = await requested({ capacity: 2, registeredCount: 0 });
    await events.db.event.update({ where: { id: event.id }, data: { capacity: 1 } });
    expect(codes(await events.as(host.viewer).execute(decide('approve'), { id }))).toEqual(['SOLD_OUT']);
    expect(await counted(event.id)).toBe(0);
  });

  it.each<[string, (s: Awaited<ReturnType<typeof requested>>) => Viewer | null, string]>([
    ['anonymous', () => null, 'UNAUTHENTICATED'],
    ['a stranger', () => events.given.person().viewer, 'NOT_FOUND'],
    ['the person', ({ guest }) => guest.viewer, 'FORBIDDEN'],
    ['a super user', () => events.given.person({ roles: ['SUPER_USER'] }).viewer, 'done'],
    ['the organizer', ({ host }) => host.viewer, 'done'],
  ])('by %s: %s', async (_who, viewerOf, outcome) => {
    for (const verb of ['approve', 'decline'] as const) {
      const scene = await requested();
      const answer = await events.as(viewerOf(scene)).execute(decide(verb), { id: scene.id });
      expect(codes(answer)).toEqual(outcome === 'done' ? [] : [outcome]);
      const { status } = await events.db.registration.findUniqueOrThrow({
        where: { id: registrationIds.decode(scene.id) },
      });
      const done = verb === 'approve' ? 'CONFIRMED' : 'DECLINED';
      expect(status).toBe(outcome === 'done' ? done : 'PENDING');
    }
  });
});

describe('who asked for a place', () => {
  it('is told that nobody has decided, and has it once nobody has to', async () => {
    const event = await eventOn({ requiresApproval: true });
    const { viewer } = events.given.person();
    await attempt(viewer, event.publicId);
    expect((await eligibility(viewer, event.publicId)).reasonCode).toBe('APPROVAL_PENDING');
    const joined = `mutation ($id: ID!) { joinWaitlist(input: { eventId: $id }) { userErrors { code message } } }`;
    const waiting = async () =>
      (await events.as(viewer).execute(joined, { id: event.publicId })).data.joinWaitlist.userErrors;
    expect(await waiting()).toEqual([
      {
        code: 'REGISTRATION_CLOSED',
        message: 'The organizers have not decided about your registration yet.',
      },
    ]);
    await events.db.registrationSettings.update({
      where: { eventId: event.id },
      data: { requiresApproval: false },
    });
    expect(await eligibility(viewer, event.publicId)).toMatchObject({
      isAllowed: true,
      nextStep: 'REGISTER',
    });
    const { data } = await attempt(viewer, event.publicId);
    expect(data.registerForEvent.registration).toMatchObject({ status: 'CONFIRMED', places: 1 });
    expect(await waiting()).toEqual([{ code: 'CONFLICT', message: 'You hold a place already.' }]);
  });
});

describe('interest', () => {
  it('takes no place, is counted, and becomes a registration', async () => {
    const event = await events.given.event({ capacity: 1 });
    const { viewer } = events.given.person();
    const say = (isInterested: boolean) =>
      events.as(viewer).execute(interest, { eventId: event.publicId, isInterested });
    for (let count = 0; count < 2; count++)
      expect((await say(true)).data.setEventInterest.event).toEqual({
        interestedCount: 1,
        viewerRegistration: { status: 'INTERESTED' },
      });
    expect(await counted(event.id)).toBe(0);
    expect((await say(false)).data.setEventInterest.event.interestedCount).toBe(0);
    await say(true);
    expect((await attempt(viewer, event.publicId)).data.registerForEvent.registration.status).toBe(
      'CONFIRMED',
    );
    expect(codes(await say(true))).toEqual(['CONFLICT']);
    expect(await events.published(event.publicId)).toHaveLength(1);
  });
});

describe('interest of one person', () => {
  it('is in two hundred events to come at once, also when they say so at the same time', async () => {
    const { viewer } = events.given.person();
    const say = async ({ publicId }: { publicId: string }) =>
      codes(await events.as(viewer).execute(interest, { eventId: publicId, isInterested: true }));
    const made = await Promise.all(Array.from({ length: mostInterests - 1 }, () => events.given.event()));
    const rows = made.map(({ id }) => ({
      ...{ id: registrationIds.create(), eventId: id, userId: viewer.id },
      ...{ status: 'INTERESTED' as const, places: 0 },
    }));
    await events.db.registration.createMany({ data: rows });
    const [one, other] = [await events.given.event(), await events.given.event()];
    const past = { startsAt: new Date(0), endsAt: events.clock.now() };
    expect((await Promise.all([say(one), say(other)])).flat()).toEqual(['CONFLICT']);
    await events.db.event.update({ where: { id: made[0]!.id }, data: past });
    expect((await Promise.all([say(one), say(other)])).flat()).toEqual([]);
  });
});

describe('whoever holds a ticket', () => {
  const admission = () => {
    const { clock } = events;
    const outbox = createOutbox(messages, { clock });
    return createAdmission(createTransitions({ clock, outbox, places: createPlaces({ clock, outbox }) }));
  };

  it('takes part without a place of the event’s registrations, told once, and no longer when it is withdrawn', async () => {
    const event = await events.given.event({ capacity: 1, registeredCount: 0 });
    const person = events.given.person();
    const holder = { eventId: event.id, userId: person.id };
    for (let count = 0; count < 2; count++)
      await events.db.$transaction((tx) => admission().admitHolder(tx, holder));
    const where = { eventId_userId: holder };
    const row = await events.db.registration.findUniqueOrThrow({ where });
    expect(row).toMatchObject({ status: 'CONFIRMED', places: 0 });
    expect(await counted(event.id)).toBe(0);
    const id = registrationIds.encode(row.id);
    expect(codes(await events.as(person.viewer).execute(cancel, { id }))).toEqual(['CONFLICT']);
    for (let count = 0; count < 2; count++)
      await events.db.$transaction((tx) => admission().withdrawHolder(tx, holder));
    const told = (await events.published(event.publicId)).map(({ type, data }) => [type, data['userId']]);
    const userId = userIds.encode(person.id);
    expect(told).toEqual([
      ['registration.confirmed', userId],
      ['registration.cancelled', userId],
    ]);
  });

  it('and had a place before keeps that', async () => {
    const event = await events.given.event({ capacity: 1 });
    const person = events.given.person();
    await attempt(person.viewer, event.publicId);
    const holder = { eventId: event.id, userId: person.id };
    await events.db.$transaction((tx) => admission().admitHolder(tx, holder));
    await events.db.$transaction((tx) => admission().withdrawHolder(tx, holder));
    expect(await events.db.registration.count({ where: { ...holder, status: 'CONFIRMED', places: 1 } })).toBe(
      1,
    );
  });
});

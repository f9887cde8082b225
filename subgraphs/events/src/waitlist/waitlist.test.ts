import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';
import { passOnOffers } from '../jobs.js';
import { usualSettings } from '../registration-form/index.js';

const register = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) {
  registration { id status } userErrors { code ... on SoldOutError { isWaitlistOpen } } } }`;
const cancel = `mutation ($id: ID!) { cancelRegistration(input: { registrationId: $id }) { userErrors { code } } }`;
const resize = `mutation ($id: ID!, $guests: Int!) {
  updateRegistration(input: { registrationId: $id, guests: $guests }) { userErrors { code } } }`;
const join = `mutation ($input: JoinWaitlistInput!) { joinWaitlist(input: $input) {
  entry { id status guests position offerExpiresAt } event { waitingCount freePlaces } userErrors { code } } }`;
const leave = `mutation ($id: ID!) { leaveWaitlist(input: { eventId: $id }) { entry { status } userErrors { code } } }`;
const look = `query ($id: ID!) { event(id: $id) { freePlaces waitingCount
  viewerWaitlistEntry { status position } viewerEligibility { isAllowed reasonCode nextStep }
  waitlist(first: 10) { nodes { user { id } } } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

/** A full event, and people who wait. */
async function scene(terms: object = {}, capacity = 1) {
  const host = events.given.person();
  const event = await events.given.event({ capacity, organizerId: host.id });
  const settings = { ...usualSettings, maxGuests: 3, version: 1, ...terms, eventId: event.id };
  await events.db.registrationSettings.create({ data: settings });
  const id = event.publicId;
  const attempt = async (viewer: Viewer, guests = 0, instance: Pick<typeof events, 'as'> = events) =>
    (await instance.as(viewer).execute(register, { input: { eventId: id, guests } })).data.registerForEvent;
  const registered = async (guests = 0) => {
    const person = events.given.person();
    const registration = (await attempt(person.viewer, guests)).registration as { id: string };
    return { ...person, registrationId: registration.id };
  };
  const wait = async (viewer: Viewer, guests = 0) =>
    (await events.as(viewer).execute(join, { input: { eventId: id, guests } })).data.joinWaitlist;
  const waiting = async (guests = 0) => {
    const person = events.given.person();
    await wait(person.viewer, guests);
    return person;
  };
  const giveUp = (one: { viewer: Viewer; registrationId: string }) =>
    events.as(one.viewer).execute(cancel, { id: one.registrationId });
  const statuses = async () => {
    const rows = await events.db.waitlistEntry.findMany({
      where: { eventId: event.id },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ status }) => status as string);
  };
  const eligibility = async (viewer: Viewer) =>
    (await events.as(viewer).execute(look, { id })).data.event.viewerEligibility;
  const offered = async () =>
    (await events.published(id))
      .filter(({ type }) => type === 'waitlist.offered')
      .map(({ data }) => data['userId']);
  const expiring = () => events.clock.advance(settings.offerMinutes * 60_000);
  return {
    host,
    event,
    attempt,
    registered,
    wait,
    waiting,
    giveUp,
    statuses,
    eligibility,
    offered,
    expiring,
  };
}

describe('the waitlist', () => {
  it('is joined where all places are taken, once a person, and says which turn it is', async () => {
    const { registered, wait, waiting, attempt } = await scene({}, 3);
    await registered(2);
    expect(await attempt(events.given.person().viewer)).toMatchObject({
      userErrors: [{ code: 'SOLD_OUT', isWaitlistOpen: true }],
    });
    await waiting();
    const { viewer } = events.given.person();
    const first = await wait(viewer, 2);
    expect(first).toMatchObject({
      entry: { status: 'WAITING', guests: 2, position: 2 },
      event: { waitingCount: 2 },
    });
    expect((await wait(viewer)).entry).toEqual(first.entry);
  });

  it.each<[string, object, number, string]>([
    ['places are free', {}, 0, 'CONFLICT'],
    ['there is none', { waitlist: 'NONE' }, 1, 'REGISTRATION_CLOSED'],
    ['organizers choose', { requiresApproval: true }, 1, 'REGISTRATION_CLOSED'],
    ['registration is over', { closesAt: new Date('2026-05-01T00:00:00Z') }, 1, 'REGISTRATION_CLOSED'],
    ['the plan does not grant it', { requiredEntitlement: 'GALA' }, 1, 'ENTITLEMENT_REQUIRED'],
  ])('is not joined where %s', async (_name, terms, taken, code) => {
    const { event, wait } = await scene(terms);
    await events.db.event.update({ where: { id: event.id }, data: { registeredCount: taken } });
    const answer = await wait(events.given.person().viewer);
    expect(answer).toMatchObject({ entry: null, userErrors: [{ code }] });
    expect(await events.db.waitlistEntry.count({ where: { eventId: event.id } })).toBe(0);
  });

  it('is before guests that somebody who is registered brings later', async () => {
    const { event, registered, waiting, statuses } = await scene({}, 2);
    const [host] = [await registered(), await registered()];
    await waiting();
    // A place that became free without anybody noting it.
    await events.db.event.update({ where: { id: event.id }, data: { capacity: 3 } });
    const { data } = await events.as(host.viewer).execute(resize, { id: host.registrationId, guests: 1 });
    expect(data.updateRegistration.userErrors).toEqual([{ code: 'SOLD_OUT' }]);
    expect(await statuses()).toEqual(['OFFERED']);
  });

  it.each<[string, (s: { eventId: string; hostId: string; waitingId: string }) => Promise<unknown>]>([
    [
      'is blocked',
      ({ hostId: blockerId, waitingId: blockedId }) =>
        events.db.block.create({ data: { blockerId, blockedId, isActive: true, version: 1 } }),
    ],
    ...([{ waitlist: 'NONE' }, { requiresApproval: true }] as const).map(
      (data): [string, (s: { eventId: string }) => Promise<unknown>] => [
        `waits in vain: ${Object.keys(data).join()}`,
        ({ eventId }) => events.db.registrationSettings.update({ where: { eventId }, data }),
      ],
    ),
  ])('keeps a place from nobody for whom %s', async (_name, happened) => {
    const { host, event, registered, waiting, attempt, eligibility } = await scene();
    await registered();
    const { id: waitingId } = await waiting();
    await happened({ eventId: event.id, hostId: host.id, waitingId });
    await events.db.event.update({ where: { id: event.id }, data: { capacity: 2 } });
    const { viewer } = events.given.person();
    expect(await eligibility(viewer)).toMatchObject({ isAllowed: true, reasonCode: null });
    expect((await attempt(viewer)).registration).not.toBeNull();
  });

  it('keeps an offered place for who waited longest, told once, and nobody else gets it', async () => {
    const { event, registered, waiting, giveUp, attempt, statuses, eligibility, offered } = await scene();
    const holder = await registered();
    const [first, second] = [await waiting(), await waiting()];
    await giveUp(holder);
    expect(await statuses()).toEqual(['OFFERED', 'WAITING']);
    expect(await offered()).toEqual([first.publicId]);
    expect(await eligibility(first.viewer)).toEqual({
      isAllowed: true,
      reasonCode: null,
      nextStep: 'ACCEPT_OFFER',
    });
    expect(await eligibility(second.viewer)).toMatchObject({ reasonCode: 'SOLD_OUT', nextStep: 'WAIT' });
    expect((await attempt(second.viewer)).userErrors).toMatchObject([{ code: 'SOLD_OUT' }]);
    expect((await attempt(first.viewer)).registration).toMatchObject({ status: 'CONFIRMED' });
    expect(await statuses()).toEqual(['TAKEN', 'WAITING']);
    expect(await events.db.placeHold.count({ where: { eventId: event.id } })).toBe(0);
  });

  it('goes on to the next when an offer expires, whoever looks first; the late one waits anew, at the end', async () => {
    const { registered, waiting, wait, giveUp, attempt, statuses, offered, expiring, eligibility } =
      await scene();
    const holder = await registered();
    const [first, second] = [await waiting(), await waiting()];
    await giveUp(holder);
    expiring();
    const { viewer: stranger } = events.given.person();
    expect(await eligibility(stranger)).toMatchObject({ isAllowed: false, reasonCode: 'SOLD_OUT' });
    // Nothing has swept; a stranger comes by, and the place is the next one's all the same.
    expect((await attempt(stranger)).userErrors).toMatchObject([{ code: 'SOLD_OUT' }]);
    expect(await offered()).toEqual([first.publicId, second.publicId]);
    expect((await attempt(first.viewer)).userErrors).toMatchObject([{ code: 'SOLD_OUT' }]);
    expect((await wait(first.viewer)).entry).toMatchObject({ status: 'WAITING', position: 1 });
    expect((await attempt(second.viewer)).registration).not.toBeNull();
    expect(await statuses()).toEqual(['WAITING', 'TAKEN']);
  });

  it('goes on by the job too, and leaves the place to anybody when nobody waits', async () => {
    const { event, registered, waiting, giveUp, attempt, offered, expiring } = await scene();
    const holder = await registered();
    const [first, second] = [await waiting(), await waiting()];
    await giveUp(holder);
    expiring();
    const pass = () =>
      events.subgraph.jobs![passOnOffers.name]!.run({ eventId: event.id } as never, {} as never);
    await pass();
    expect(await offered()).toEqual([first.publicId, second.publicId]);
    expiring();
    expect((await attempt(events.given.person().viewer)).registration).not.toBeNull();
  });

  it('is not waited on by whoever let an offer run out, whether or not anything noted it', async () => {
    const { host, event, registered, waiting, giveUp, attempt, expiring, statuses } = await scene();
    const holder = await registered();
    const late = await waiting();
    await giveUp(holder);
    const listed = async () =>
      (await events.as(host.viewer).execute(look, { id: event.publicId })).data.event.waitlist.nodes;
    expect(await listed()).toEqual([{ user: { id: late.publicId } }]);
    expiring();
    expect(await listed()).toEqual([]);
    expect((await attempt(late.viewer)).registration).not.toBeNull();
    expect(await statuses()).toEqual(['TAKEN']);
    expect(await events.db.placeHold.count({ where: { eventId: event.id } })).toBe(0);
  });

  describe('offers what is freed', () => {
    it('by fewer guests', async () => {
      const { registered, waiting, statuses } = await scene({}, 3);
      const one = await registered(2);
      await waiting(1);
      await events.as(one.viewer).execute(resize, { id: one.registrationId, guests: 1 });
      expect(await statuses()).toEqual(['WAITING']);
      await events.as(one.viewer).execute(resize, { id: one.registrationId, guests: 0 });
      expect(await statuses()).toEqual(['OFFERED']);
    });

    it('by a larger capacity', async () => {
      const { host, event, registered, waiting, statuses } = await scene();
      await registered();
      await waiting();
      await waiting();
      const update = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { userErrors { code } } }`;
      const input = { eventId: event.publicId, expectedVersion: 1, capacity: 3 };
      const { data } = await events.as(host.viewer).execute(update, { input });
      expect(data.updateEvent.userErrors).toEqual([]);
      expect(await statuses()).toEqual(['OFFERED', 'OFFERED']);
    });

    it('by whoever leaves with an offer, or takes less than was offered', async () => {
      const { event, registered, waiting, giveUp, attempt, statuses } = await scene({}, 2);
      const holder = await registered(1);
      const [first, second, third] = [await waiting(1), await waiting(1), await waiting()];
      await giveUp(holder);
      expect(await statuses()).toEqual(['OFFERED', 'WAITING', 'WAITING']);
      await events.as(first.viewer).execute(leave, { id: event.publicId });
      expect(await statuses()).toEqual(['LEFT', 'OFFERED', 'WAITING']);
      await attempt(second.viewer, 0);
      expect(await statuses()).toEqual(['LEFT', 'TAKEN', 'OFFERED']);
      expect((await attempt(third.viewer)).registration).not.toBeNull();
    });

    it('to those for whom it suffices, in their order', async () => {
      const { registered, waiting, giveUp, statuses } = await scene({}, 2);
      const [one] = [await registered(), await registered()];
      await waiting(1);
      await waiting();
      await giveUp(one);
      expect(await statuses()).toEqual(['WAITING', 'OFFERED']);
    });

    it('to nobody whom the organizer has blocked meanwhile', async () => {
      const { host, registered, waiting, giveUp, statuses } = await scene();
      const holder = await registered();
      const [first] = [await waiting(), await waiting()];
      await events.db.block.create({
        data: { blockerId: host.id, blockedId: first.id, version: 1, isActive: true },
      });
      await giveUp(holder);
      expect(await statuses()).toEqual(['WAITING', 'OFFERED']);
    });

    it('until the event ends and no longer, however long offers last', async () => {
      const { event, registered, waiting, giveUp } = await scene({ offerMinutes: 10_080 });
      const holder = await registered();
      await waiting();
      const endsAt = new Date(events.clock.now().getTime() + 2 * hourMs);
      await events.db.event.update({
        where: { id: event.id },
        data: { startsAt: new Date(endsAt.getTime() - 1), endsAt },
      });
      await giveUp(holder);
      const [entry] = await events.db.waitlistEntry.findMany({ where: { eventId: event.id } });
      expect(entry!.offerExpiresAt).toEqual(endsAt);
    });
  });

  it('draws lots where chance decides: not always who came first', async () => {
    const draw = async () => {
      const { registered, waiting, giveUp, statuses } = await scene({ waitlist: 'LOTTERY' });
      const holder = await registered();
      for (let count = 0; count < 4; count++) await waiting();
      await giveUp(holder);
      return (await statuses()).indexOf('OFFERED');
    };
    let drawn = await draw();
    // A lottery that is none goes on until the test's time is over.
    while (drawn === 0) drawn = await draw();
    expect(drawn).toBeGreaterThan(0);
  });

  it.each<[string, (host: Viewer) => Viewer | null, boolean]>([
    ['anonymous', () => null, false],
    ['a stranger', () => events.given.person().viewer, false],
    ['the organizer', (host) => host, true],
  ])('is read by %s: %s', async (_who, viewerOf, isAllowed) => {
    const { host, event, registered, waiting } = await scene();
    await registered();
    const person = await waiting();
    const { data, codes } = await events.as(viewerOf(host.viewer)).execute(look, { id: event.publicId });
    expect(data.event.waitlist).toEqual(isAllowed ? { nodes: [{ user: { id: person.publicId } }] } : null);
    expect(codes).toEqual(isAllowed ? [] : ['FORBIDDEN']);
    const visitor = await events.anonymous.execute(join, { input: { eventId: event.publicId } });
    expect(visitor.codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('races around the last place', () => {
  it('a place that is given back while strangers crowd in goes to whoever waits', async () => {
    const other = events.anotherInstance();
    for (let round = 0; round < 3; round++) {
      const { event, registered, waiting, giveUp, attempt, statuses } = await scene();
      const holder = await registered();
      await waiting();
      const crowd = Array.from({ length: 12 }, (_, index) =>
        attempt(events.given.person().viewer, 0, index % 2 ? events : other),
      );
      const [, ...answers] = await Promise.all([giveUp(holder), ...crowd]);
      expect(answers.filter(({ registration }) => registration)).toEqual([]);
      expect(await statuses()).toEqual(['OFFERED']);
      expect(await events.db.event.findUnique({ where: { id: event.id } })).toMatchObject({
        registeredCount: 0,
      });
    }
  });

  it('many cancellations at once make as many offers, none of them twice', async () => {
    const { registered, waiting, giveUp, statuses, offered } = await scene({}, 6);
    const holders = [];
    for (let count = 0; count < 6; count++) holders.push(await registered());
    for (let count = 0; count < 8; count++) await waiting();
    await Promise.all(holders.map(giveUp));
    expect((await statuses()).filter((status) => status === 'OFFERED')).toHaveLength(6);
    expect(new Set(await offered()).size).toBe(6);
    expect(await offered()).toHaveLength(6);
  });

  it('at the moment an offer expires, the place has one taker', async () => {
    const other = events.anotherInstance();
    const { event, registered, waiting, giveUp, attempt, expiring } = await scene();
    const holder = await registered();
    const [first, second] = [await waiting(), await waiting()];
    await giveUp(holder);
    const early = attempt(first.viewer);
    expiring();
    const answers = await Promise.all([
      ...[early, attempt(first.viewer, 0, other), attempt(second.viewer)],
      ...Array.from({ length: 6 }, () => attempt(events.given.person().viewer, 0, other)),
    ]);
    const taken = answers.filter(({ registration }) => registration?.status === 'CONFIRMED');
    const places = await events.db.registration.count({ where: { eventId: event.id, status: 'CONFIRMED' } });
    expect(places).toBeLessThanOrEqual(1);
    expect(new Set(taken.map(({ registration }) => registration.id)).size).toBe(places);
  });
});

it('whoever was erased waits no more, and their offer goes to the next', async () => {
  const { personalDataOf } = await import('@diaspora/kit/testing');
  const { event, registered, waiting, giveUp, offered } = await scene();
  const holder = await registered();
  const [first, second] = [await waiting(), await waiting()];
  await giveUp(holder);
  const data = personalDataOf(events.subgraph.jobs!, events.privateStore);
  expect((await data.exported(first.id)).records['waitlists']).toMatchObject([{ eventId: event.publicId }]);
  await data.erase(first.id);
  expect(await offered()).toEqual([first.publicId, second.publicId]);
  expect(await events.db.waitlistEntry.count({ where: { userId: first.id } })).toBe(0);
  events.clock.advance(dayMs);
});

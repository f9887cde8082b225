import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { eventIds, officeIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { officeActions, type Person } from '../testing/offices.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof officeActions>;
beforeAll(async () => {
  users = await givenUsers({ consulsPerCity: 2 });
  actions = officeActions(users);
});
afterAll(() => users.stop());

const query = `query ($scope: ConsulScopeInput!, $period: ConsulPeriodInput!) {
  consulPerformance(scope: $scope, period: $period, first: 20) { nodes {
    office { id city } from to eventsHeld eventsOwed isMandateMet
    eventRating { sampleSize mean shrunkMean } organizerRating { sampleSize mean shrunkMean }
    attendance { registered checkedIn noShowRate } reviews { assessment comment reviewer { id } } } } }`;

async function consulOf(country: Awaited<ReturnType<typeof actions.country>>, city = 'Porto') {
  const person = await users.given.person();
  const { office } = await actions.appoint(country.ambassador, 'appointConsul', person, {
    ...{ countryCode: country.countryCode, city },
  });
  return { ...person, officeId: office.id as string };
}

/** Asked of a period that ends now. */
async function performance(viewer: Viewer | null, countryCode: string, city?: string, days = 365) {
  const period = { from: actions.inDays(-days), to: actions.inDays(0) };
  const client = viewer ? users.as(viewer) : users.anonymous;
  const { data, codes } = await client.execute(query, { scope: { countryCode, city }, period });
  return codes[0] ?? data.consulPerformance.nodes;
}

const completed = (organizer: Person, countryCode: string, changes: object = {}) => ({
  ...{
    eventId: eventIds.encode(eventIds.create()),
    version: 3,
    type: 'LOCAL',
    organizerId: organizer.publicId,
  },
  ...{ countryCode, city: 'Porto', startsAt: actions.inDays(0), endsAt: actions.inDays(0) },
  ...{ completedAt: actions.inDays(0), registeredCount: 10, checkedInCount: null },
  ...changes,
});
const rated = (event: { eventId: string }, raterKey: string, stars: number, changes: object = {}) => ({
  ...{ eventId: event.eventId, revision: 1, raterKey, eventType: 'LOCAL' },
  ratings: { event: stars, participants: 3, exchange: 3, venue: 3, organizer: 5 },
  ...changes,
});
const tell = (type: string, data: object) => users.receive('events', type, data);
/** Until nobody can rate what is over now. */
const closeRatings = () => users.clock.advance(14 * 86_400_000);

describe('the performance of a consul', () => {
  it('counts completed local events of the own city, organised by the consul, in the term', async () => {
    const country = await actions.country('AT');
    const consul = await consulOf(country);
    users.clock.advance(365 * 86_400_000);
    for (let count = 0; count < 4; count++)
      await tell(
        'event.completed',
        completed(consul, 'AT', { startsAt: actions.inDays(-30 * count - 1), city: 'PORTO' }),
      );
    const other = await users.given.person();
    for (const stray of [
      completed(consul, 'AT', { type: 'NATIONAL' }),
      completed(consul, 'AT', { city: 'Faro' }),
      completed(consul, 'BE'),
      completed(other, 'AT'),
      completed(consul, 'AT', { startsAt: actions.inDays(-366) }),
      completed(consul, 'AT', { startsAt: actions.inDays(1) }),
    ])
      await tell('event.completed', stray);
    const [own] = await performance(consul.viewer, 'AT', 'porto');
    expect(own).toMatchObject({ office: { id: consul.officeId }, eventsHeld: 4, isMandateMet: true });
    expect(own.eventsOwed).toBeCloseTo(4);
    const [half] = await performance(consul.viewer, 'AT', 'porto', 182.5);
    expect(half.eventsOwed).toBeCloseTo(2);
    const settings = { version: 2, isRegistrationOpen: true, consulEventsPerYear: 8, auditYears: 7 };
    await users.db.platformSettings.create({ data: { ...settings, changedAt: users.clock.now() } });
    const [more] = await performance(consul.viewer, 'AT', 'porto');
    expect([Math.round(more.eventsOwed), more.isMandateMet]).toEqual([8, false]);
    await users.db.platformSettings.delete({ where: { version: 2 } });
  });

  it('is the same whatever comes twice, late or in another order', async () => {
    const country = await actions.country('CZ');
    const consul = await consulOf(country);
    const event = completed(consul, 'CZ', { checkedInCount: 4, startsAt: actions.inDays(0) });
    const messages: [string, object][] = [
      ['event.rated', rated(event, 'a', 2, { revision: 2 })],
      ['event.rated', rated(event, 'a', 5)],
      ['event.completed', event],
      ['event.rated', rated(event, 'b', 4)],
      ...['c', 'd', 'e'].map((key): [string, object] => ['event.rated', rated(event, key, 3)]),
      ['event.completed', { ...event, version: 4, checkedInCount: 8 }],
      ['event.completed', event],
      ['event.rated', rated(event, 'b', 4)],
    ];
    closeRatings();
    const expected = {
      eventsHeld: 1,
      eventRating: { sampleSize: 5, mean: 3 },
      organizerRating: { sampleSize: 5, mean: 5 },
      attendance: { registered: 10, checkedIn: 8 },
    };
    for (const order of [messages, [...messages].reverse(), messages]) {
      await users.db.heldEvent.deleteMany({});
      await users.db.eventRating.deleteMany({});
      for (const [type, data] of order) await tell(type, data);
      const [own] = await performance(consul.viewer, 'CZ');
      expect(own).toMatchObject(expected);
      expect(own.attendance.noShowRate).toBeCloseTo(0.2);
    }
  });

  it('draws a few ratings towards the mean of all', async () => {
    await users.db.heldEvent.deleteMany({});
    await users.db.eventRating.deleteMany({});
    const country = await actions.country('DK');
    const [praised, known] = [await consulOf(country, 'Porto'), await consulOf(country, 'Faro')];
    const [first, second] = [completed(praised, 'DK'), completed(known, 'DK', { city: 'Faro' })];
    closeRatings();
    await tell('event.completed', first);
    await tell('event.completed', second);
    for (let index = 0; index < 5; index++) await tell('event.rated', rated(first, `p${index}`, 5));
    for (let index = 0; index < 39; index++) await tell('event.rated', rated(second, `r${index}`, 3));
    const nodes = await performance(country.ambassador.viewer, 'DK');
    const [faro, porto] = nodes;
    const all = (39 * 3 + 5 * 5) / 44;
    expect(porto.eventRating).toEqual({
      sampleSize: 5,
      mean: 5,
      shrunkMean: expect.closeTo((all * 10 + 25) / 15),
    });
    expect(faro.eventRating).toEqual({
      sampleSize: 39,
      mean: 3,
      shrunkMean: expect.closeTo((all * 10 + 117) / 49),
    });
  });

  it('counts no rating before its event can be rated no more', async () => {
    const country = await actions.country('NO');
    const consul = await consulOf(country);
    const event = completed(consul, 'NO');
    await tell('event.completed', event);
    for (const key of ['a', 'b', 'c']) await tell('event.rated', rated(event, key, 4));
    const nothing = { sampleSize: 0, mean: null, shrunkMean: null };
    users.clock.advance(14 * 86_400_000 - 1);
    const [open] = await performance(country.ambassador.viewer, 'NO');
    expect([open.eventsHeld, open.eventRating, open.organizerRating]).toEqual([1, nothing, nothing]);
    users.clock.advance(1);
    const [closed] = await performance(country.ambassador.viewer, 'NO');
    expect(closed.eventRating).toMatchObject({ sampleSize: 3, mean: 4 });
  });

  it('tells nobody’s stars by what an event of few raters changes', async () => {
    await users.db.heldEvent.deleteMany({});
    const country = await actions.country('SE');
    const consul = await consulOf(country);
    const [known, small] = [completed(consul, 'SE'), completed(consul, 'SE')];
    for (const event of [known, small]) await tell('event.completed', event);
    for (const key of ['a', 'b', 'c', 'd', 'e']) await tell('event.rated', rated(known, key, 3));
    closeRatings();
    const read = async () => {
      const [own] = await performance(country.ambassador.viewer, 'SE');
      return [own.eventRating, own.organizerRating];
    };
    const before = await read();
    for (const key of ['f', 'g']) await tell('event.rated', rated(small, key, 5));
    expect(await read()).toEqual(before);
    await tell('event.rated', rated(small, 'h', 5));
    expect((await read())[0]).toMatchObject({ sampleSize: 8, mean: 3.75 });
  });

  it('takes what was told without its end as over a month after it began', async () => {
    const country = await actions.country('IS');
    const consul = await consulOf(country);
    const event = completed(consul, 'IS');
    await tell('event.completed', event);
    await users.db.heldEvent.updateMany({ data: { endsAt: null } });
    for (const key of ['a', 'b', 'c']) await tell('event.rated', rated(event, key, 4));
    const counted = async () => (await performance(consul.viewer, 'IS'))[0].eventRating.sampleSize;
    closeRatings();
    expect(await counted()).toBe(0);
    users.clock.advance(31 * 86_400_000);
    expect(await counted()).toBe(3);
  });

  it('is seen by the consul, the ambassador of the country and super users, and costs the same for many', async () => {
    const country = await actions.country('EE');
    const [consul, peer] = [await consulOf(country), await consulOf(country, 'Faro')];
    const elsewhere = await actions.country('FI');
    const stranger = await users.given.person();
    users.clock.advance(1_000);
    const ids = async (viewer: Viewer | null) => {
      const seen = await performance(viewer, 'EE');
      return typeof seen === 'string'
        ? seen
        : seen.map(({ office }: { office: { id: string } }) => office.id);
    };
    expect(await ids(consul.viewer)).toEqual([consul.officeId]);
    expect(await ids(peer.viewer)).toEqual([peer.officeId]);
    expect(await ids(country.ambassador.viewer)).toEqual([peer.officeId, consul.officeId]);
    expect(await ids(country.root.viewer)).toEqual([peer.officeId, consul.officeId]);
    const roles = ['SUPER_USER', 'AMBASSADOR', 'CONSUL', 'REGULAR'];
    expect(await ids({ ...elsewhere.ambassador.viewer, roles })).toBe('FORBIDDEN');
    expect(await ids({ ...stranger.viewer, roles })).toBe('FORBIDDEN');
    expect(await ids(null)).toBe('UNAUTHENTICATED');
    const cost = async () => {
      const before = users.statements();
      await ids(country.ambassador.viewer);
      return users.statements() - before;
    };
    const two = await cost();
    await Promise.all(['Evora', 'Beja', 'Braga'].map((city) => consulOf(country, city)));
    users.clock.advance(1_000);
    expect(await cost()).toBe(two);
  });

  it.each([
    ['a period that ends before it begins', { from: 1, to: 0 }, {}],
    ['a period of twenty years', { from: -7_300, to: 0 }, {}],
    ['a city of nothing', { from: -1, to: 0 }, { city: ' ' }],
  ])('is refused for %s', async (_name, { from, to }, scope) => {
    const root = await users.given.person({ isSuperUser: true });
    const period = { from: actions.inDays(from), to: actions.inDays(to) };
    const variables = { scope: { countryCode: 'AT', ...scope }, period };
    expect((await users.as(root.viewer).execute(query, variables)).codes).toEqual(['INVALID_INPUT']);
  });
});

describe('a review of a consul', () => {
  const write = async (viewer: Viewer | null, input: object) => {
    const client = viewer ? users.as(viewer) : users.anonymous;
    const { data, codes } = await client.execute(
      `mutation ($input: ReviewConsulInput!) { reviewConsul(input: $input) { review { id } userErrors { code path } } }`,
      { input: { idempotencyKey: 'k', assessment: 'AS_EXPECTED', comment: 'Well done.', ...input } },
    );
    return {
      id: data?.reviewConsul?.review?.id,
      refusal: codes[0] ?? data?.reviewConsul?.userErrors[0]?.code,
    };
  };

  it('is written by those above, once for a key, told, recorded and read by the consul', async () => {
    const country = await actions.country('GR');
    const consul = await consulOf(country);
    const { officeId } = consul;
    const { ambassador } = country;
    const first = await write(ambassador.viewer, { officeId });
    expect(await write(ambassador.viewer, { officeId })).toEqual(first);
    expect((await write(ambassador.viewer, { officeId, comment: 'Else.' })).refusal).toBe('CONFLICT');
    users.clock.advance(1_000);
    const [own] = await performance(consul.viewer, 'GR');
    expect(own.reviews).toEqual([
      { assessment: 'AS_EXPECTED', comment: 'Well done.', reviewer: { id: ambassador.publicId } },
    ]);
    expect((await users.messages(consul.publicId)).at(-1)).toEqual({
      type: 'office.reviewed',
      data: { officeId, userId: consul.publicId, reviewerId: ambassador.publicId },
    });
    expect((await auditLines(users.db, officeId)).at(-1)?.action).toBe('office.reviewed');
  });

  it('is never of oneself, by peers, from other countries or of an ambassador', async () => {
    const [country, elsewhere] = [await actions.country('HR'), await actions.country('HU')];
    const [consul, peer] = [await consulOf(country), await consulOf(country)];
    const { officeId } = consul;
    const roles = ['SUPER_USER', 'AMBASSADOR', 'REGULAR'];
    for (const person of [consul, peer, elsewhere.ambassador])
      expect((await write({ ...person.viewer, roles }, { officeId })).refusal).toBe('FORBIDDEN');
    expect((await write(consul.viewer, { officeId })).refusal).toBe('FORBIDDEN');
    expect((await write(null, { officeId })).refusal).toBe('UNAUTHENTICATED');
    const ambassadors = { officeId: country.officeId };
    expect((await write(country.root.viewer, ambassadors)).refusal).toBe('NOT_FOUND');
    expect(await users.db.consulReview.count({ where: { officeId: officeIds.decode(officeId) } })).toBe(0);
  });
});

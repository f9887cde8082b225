import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { anEventInput, dayMs, givenEvents, hourMs } from '../../subgraphs/events/src/testing/given.js';
import { givenUsers } from '../../subgraphs/users/src/testing/given.js';
import { officeActions } from '../../subgraphs/users/src/testing/offices.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof officeActions>;
beforeAll(async () => {
  [events, users] = await Promise.all([givenEvents(), givenUsers()]);
  actions = officeActions(users);
  events.clock.advance(users.clock.now().getTime() - events.clock.now().getTime());
});
afterAll(async () => {
  await Promise.all([events.stop(), users.stop()]);
});

const pass = (milliseconds: number) => {
  for (const { clock } of [events, users]) clock.advance(milliseconds);
};

async function mutate(viewer: Viewer, name: string, input: object, fields: string) {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code message } } }`;
  const { data, errors } = await events.as(viewer).execute(document, { input });
  expect([errors, data[name].userErrors]).toEqual([[], []]);
  return data[name];
}

/** A local event in the consul's city that is held: three come of four who registered, and each rates it. */
async function holdEvent(consul: Viewer, stars: number) {
  const startsAt = new Date(events.clock.now().getTime() + 7 * dayMs);
  const local = (at: Date) => at.toISOString().slice(0, 19);
  const place = { countryCode: 'PT', city: 'Porto', venue: 'Casa' };
  const times = {
    startsAt: local(startsAt),
    endsAt: local(new Date(startsAt.getTime() + hourMs)),
    timeZone: 'UTC',
  };
  const input = anEventInput({ type: 'LOCAL', place, ...times });
  const { event } = await mutate(consul, 'createEvent', input, 'event { id }');
  const eventId = event.id as string;
  await mutate(consul, 'publishEvent', { eventId }, 'event { id }');
  const row = await events.db.event.findFirstOrThrow({
    where: { organizerId: consul.id },
    orderBy: { id: 'desc' },
  });
  const people = Array.from({ length: 4 }, () => events.given.person());
  for (const { viewer } of people)
    await mutate(viewer, 'registerForEvent', { eventId }, 'registration { id }');
  pass(7 * dayMs);
  const came = people.slice(0, 3);
  for (const person of came) await events.given.enter(row, person.id);
  pass(2 * hourMs);
  await events.subgraph.jobs!['tellCompletedEvents']!.run({} as never, { log: silentLog } as never);
  for (const { viewer } of came) await rate(viewer, eventId, stars);
  return { eventId, rater: came[0]!.viewer };
}

function rate(viewer: Viewer, eventId: string, stars: number) {
  const ratings = { event: stars, participants: 4, exchange: 4, venue: 4, organizer: stars };
  return mutate(viewer, 'rateEvent', { eventId, ratings }, 'rating { event }');
}

/** What events told of one event, as the bus brings it to users. */
async function deliver(eventId: string): Promise<void> {
  for (const { type, data } of await events.published(eventId))
    if (['event.completed', 'event.rated'].includes(type)) await users.receive('events', type, data);
}

const query = `query ($scope: ConsulScopeInput!, $period: ConsulPeriodInput!) {
  consulPerformance(scope: $scope, period: $period, first: 5) { nodes {
    office { id } eventsHeld eventsOwed isMandateMet eventRating { sampleSize mean }
    attendance { registered checkedIn noShowRate } } } }`;

async function performance(viewer: Viewer) {
  const variables = {
    scope: { countryCode: 'PT' },
    period: { from: actions.inDays(-365), to: actions.inDays(0) },
  };
  const { data } = await users.as(viewer).execute(query, variables);
  return data.consulPerformance.nodes[0];
}

describe('the mandate of a consul, from the events to the review', () => {
  it('counts events that were held, who came, and what they thought once events takes no more of it', async () => {
    const country = await actions.country('PT');
    const person = await users.given.person();
    await actions.appoint(country.ambassador, 'appointConsul', person, { countryCode: 'PT', city: 'Porto' });
    const office = { role: 'CONSUL', countryCode: 'PT', city: 'Porto' };
    const consul = { ...events.given.person({ id: person.id, roles: ['CONSUL'], offices: [office] }).viewer };
    pass(hourMs);
    for (const stars of [5, 3]) await deliver((await holdEvent(consul, stars)).eventId);
    pass(200 * dayMs);
    const behind = await performance(country.ambassador.viewer);
    expect(behind).toMatchObject({
      ...{ eventsHeld: 2, isMandateMet: true, eventRating: { sampleSize: 6, mean: 4 } },
      attendance: { registered: 8, checkedIn: 6, noShowRate: 0.25 },
    });
    pass(130 * dayMs);
    expect(await performance(country.ambassador.viewer)).toMatchObject({
      eventsHeld: 2,
      isMandateMet: false,
    });
    const last = await holdEvent(consul, 4);
    await deliver(last.eventId);
    expect(await performance(country.ambassador.viewer)).toMatchObject({ eventsHeld: 3, isMandateMet: true });
    const counted = async () => (await performance(person.viewer)).eventRating;
    pass(14 * dayMs - hourMs - 1_000);
    await rate(last.rater, last.eventId, 4);
    expect(await counted()).toEqual({ sampleSize: 6, mean: 4 });
    pass(1_000);
    await expect(rate(last.rater, last.eventId, 4)).rejects.toThrow('RATING_CLOSED');
    expect(await counted()).toEqual({ sampleSize: 9, mean: 4 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { personalDataOf } from '@diaspora/kit/testing';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
let events: Events;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

type Person = ReturnType<Events['given']['person']>;
const stars = (event: number) => ({ event, participants: 3, exchange: 3, venue: 3, organizer: 5 });

/** An event that ended an hour ago. */
const anEventThatIsOver = (overrides: Parameters<Events['given']['event']>[0] = {}) => {
  const now = events.clock.now().getTime();
  const times = { startsAt: new Date(now - 3 * hourMs), endsAt: new Date(now - hourMs) };
  return events.given.event({ ...times, ...overrides });
};

const rate = async (viewer: Viewer | null, eventId: string, input: object = {}) => {
  const client = viewer ? events.as(viewer) : events.anonymous;
  const { data, codes } = await client.execute(
    `mutation ($input: RateEventInput!) { rateEvent(input: $input) {
      rating { event participants exchange venue organizer comment } event { ratings { sampleSize event organizer } }
      userErrors { code path ... on RatingClosedError { reason } } } }`,
    { input: { eventId, ratings: stars(4), ...input } },
  );
  const [error] = data?.rateEvent?.userErrors ?? [];
  return { ...data?.rateEvent, refusal: codes[0] ?? error?.reason ?? error?.code };
};

async function participant(event: { id: string }): Promise<Person> {
  const person = events.given.person();
  await events.given.checkIn(event, person.id);
  return person;
}

/** What ratings of an event were told, in order. */
const told = async (event: { publicId: string }) =>
  (await events.published(event.publicId))
    .filter(({ type }) => type === 'event.rated')
    .map(({ data }) => data);

const counted = (event: { id: string }) => events.db.rating.count({ where: { eventId: event.id } });

describe('a rating', () => {
  it('is given by who was checked in, changed until the window closes, and told each time', async () => {
    const event = await anEventThatIsOver({ type: 'LOCAL', city: 'Porto' });
    const person = await participant(event);
    const first = await rate(person.viewer, event.publicId, { comment: 'Very good.' });
    expect(first.rating).toEqual({ ...stars(4), comment: 'Very good.' });
    events.clock.advance(13 * dayMs);
    const kept = await rate(person.viewer, event.publicId, { ratings: stars(2) });
    expect(kept.rating).toEqual({ ...stars(2), comment: 'Very good.' });
    const cleared = await rate(person.viewer, event.publicId, { ratings: stars(2), comment: null });
    expect(cleared.rating.comment).toBeNull();
    expect(cleared.event.ratings).toEqual({ sampleSize: 1, event: null, organizer: null });
    const messages = await told(event);
    expect(messages.map(({ revision, ratings }) => [revision, ratings])).toEqual([
      [1, stars(4)],
      [2, stars(2)],
      [3, stars(2)],
    ]);
    expect(new Set(messages.map(({ raterKey }) => raterKey)).size).toBe(1);
    expect(messages[0]).toMatchObject({ eventType: 'LOCAL', countryCode: 'DE', city: 'Porto' });
    expect(JSON.stringify(messages)).not.toMatch(new RegExp(`${person.id}|${person.publicId}|Very good`));
    events.clock.advance(dayMs);
    expect((await rate(person.viewer, event.publicId)).refusal).toBe('WINDOW_CLOSED');
  });

  it('is one, by how many calls at once ever', async () => {
    const event = await anEventThatIsOver();
    const person = await participant(event);
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((value) => rate(person.viewer, event.publicId, { ratings: stars(value) })),
    );
    expect(answers.map(({ refusal }) => refusal)).toEqual(answers.map(() => undefined));
    expect(await counted(event)).toBe(1);
    const messages = await told(event);
    expect(messages.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
    const [row] = await events.db.rating.findMany({ where: { eventId: event.id } });
    expect((messages.at(-1)!['ratings'] as { event: number }).event).toBe(row!.event);
  });

  it('is refused, with the reason before any button, and leaves nothing', async () => {
    const host = events.given.person();
    const over = await anEventThatIsOver({ organizerId: host.id });
    const steered = await anEventThatIsOver({ coHostIds: [host.id] });
    const running = await events.given.event({ startsAt: events.clock.now() });
    const calledOff = await anEventThatIsOver({ status: 'CANCELLED' });
    const end = events.clock.now().getTime() - 14 * dayMs;
    const old = await anEventThatIsOver({ startsAt: new Date(end - hourMs), endsAt: new Date(end) });
    const stranger = events.given.person();
    await events.given.registration(over, stranger.id);
    const goer = await participant(running);
    for (const event of [calledOff, old, steered]) await events.given.checkIn(event, goer.id);
    for (const event of [over, steered]) await events.given.checkIn(event, host.id);
    const program = { ...goer.viewer, kind: 'service' as const };
    const cases = [
      [null, over, 'SIGN_IN_REQUIRED', 'UNAUTHENTICATED'],
      [program, over, 'SIGN_IN_REQUIRED', 'FORBIDDEN'],
      [goer.viewer, calledOff, 'EVENT_CANCELLED'],
      [goer.viewer, running, 'EVENT_NOT_OVER'],
      [goer.viewer, old, 'WINDOW_CLOSED'],
      [host.viewer, over, 'OWN_EVENT'],
      [host.viewer, steered, 'OWN_EVENT'],
      [stranger.viewer, over, 'NOT_CHECKED_IN'],
      [{ ...stranger.viewer, roles: ['SUPER_USER'] }, over, 'NOT_CHECKED_IN'],
      [goer.viewer, steered, null],
    ] as const;
    for (const [viewer, event, reasonCode, refusal = reasonCode] of cases) {
      const { data } = await (viewer ? events.as(viewer) : events.anonymous).execute(
        'query ($id: ID!) { event(id: $id) { viewerRatingEligibility { isAllowed reasonCode } } }',
        { id: event.publicId },
      );
      expect(data.event.viewerRatingEligibility).toEqual({ isAllowed: reasonCode === null, reasonCode });
      if (refusal === null) continue;
      expect((await rate(viewer, event.publicId)).refusal).toBe(refusal);
      expect(await counted(event)).toBe(0);
    }
    const hidden = await anEventThatIsOver({ visibility: 'PRIVATE' });
    expect((await rate(stranger.viewer, hidden.publicId)).refusal).toBe('NOT_FOUND');
  });

  it('is decided for many events by as many statements as for one', async () => {
    const goer = events.given.person();
    const over = [await anEventThatIsOver(), await anEventThatIsOver(), await anEventThatIsOver()];
    await events.given.checkIn(over[0]!, goer.id);
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Event {
      viewerRatingEligibility { reasonCode } } } }`;
    const asked = async (some: typeof over) => {
      const before = events.statements.length;
      const r = some.map(({ publicId }) => ({ __typename: 'Event', id: publicId }));
      const { data } = await events.as(goer.viewer).execute(query, { r });
      const reasons = data._entities.map((event: any) => event.viewerRatingEligibility.reasonCode);
      return { reasons, cost: events.statements.length - before };
    };
    const { reasons, cost } = await asked(over);
    expect(reasons).toEqual([null, 'NOT_CHECKED_IN', 'NOT_CHECKED_IN']);
    expect((await asked(over.slice(0, 1))).cost).toBe(cost);
  });

  it.each([
    ['no star', { ratings: stars(0) }],
    ['six stars', { ratings: stars(6) }],
    ['words without end', { comment: 'x'.repeat(2_001) }],
    ['words of nothing', { comment: '\u200b' }],
  ])('is refused for %s', async (_name, input) => {
    const event = await anEventThatIsOver();
    const person = await participant(event);
    expect((await rate(person.viewer, event.publicId, input)).refusal).toBe('INVALID_INPUT');
    expect(await counted(event)).toBe(0);
  });
});

describe('ratings together', () => {
  const query = `query ($id: ID!) { event(id: $id) { ratings { sampleSize event organizer } viewerRating { event }
    organizer { ratingsAsOrganizer { sampleSize event organizer } } } }`;
  const comments = `query ($id: ID!) { event(id: $id) { ratingComments(first: 10) { nodes { text } } } }`;

  it('have a mean from three on, when nobody can rate any more, for everybody; each sees the own one alone', async () => {
    const host = events.given.person();
    const event = await anEventThatIsOver({ organizerId: host.id });
    const other = await anEventThatIsOver({ organizerId: host.id });
    const people = await Promise.all([1, 2, 4].map(() => participant(event)));
    const lone = await participant(other);
    const seen = async (client: typeof events.anonymous) =>
      (await client.execute(query, { id: event.publicId })).data.event;
    const few = { sampleSize: 2, event: null, organizer: null };
    await rate(people[0]!.viewer, event.publicId, { ratings: stars(1) });
    await rate(people[1]!.viewer, event.publicId, { ratings: stars(2) });
    expect((await seen(events.anonymous)).ratings).toEqual(few);
    expect((await seen(events.as(host.viewer))).ratings).toEqual(few);
    await rate(people[2]!.viewer, event.publicId, { ratings: stars(4) });
    await rate(lone.viewer, other.publicId, { ratings: stars(5) });
    expect((await seen(events.as(host.viewer))).ratings).toEqual({ ...few, sampleSize: 3 });
    events.clock.advance(14 * dayMs);
    const mean = { sampleSize: 3, event: expect.closeTo(7 / 3), organizer: 5 };
    // The one rating of the other event cannot be told from the difference that it would make.
    const ofOrganizer = { ratingsAsOrganizer: { ...mean, sampleSize: 4 } };
    expect(await seen(events.anonymous)).toEqual({
      ratings: mean,
      viewerRating: null,
      organizer: ofOrganizer,
    });
    expect((await seen(events.as(people[1]!.viewer))).viewerRating).toEqual({ event: 2 });
    expect((await seen(events.as(host.viewer))).viewerRating).toBeNull();
  });

  it('have comments for hosts, without names, when nobody can rate any more', async () => {
    const [host, coHost, root] = [events.given.person(), events.given.person(), events.given.person()];
    const event = await anEventThatIsOver({ organizerId: host.id, coHostIds: [coHost.id] });
    const quiet = await anEventThatIsOver({ organizerId: host.id });
    const people = await Promise.all([1, 2, 3].map(() => participant(event)));
    for (const [at, person] of people.entries())
      await rate(person.viewer, event.publicId, at < 2 ? { comment: `Words ${at}` } : {});
    await rate((await participant(quiet)).viewer, quiet.publicId, { comment: 'Alone.' });
    const read = async (viewer: Viewer | null, { publicId: id }: { publicId: string }) => {
      const { data, codes } = await (viewer ? events.as(viewer) : events.anonymous).execute(comments, { id });
      return codes[0] ?? data.event.ratingComments.nodes.map(({ text }: { text: string }) => text).sort();
    };
    expect(await read(host.viewer, event)).toEqual([]);
    events.clock.advance(14 * dayMs);
    const superUser = { ...root.viewer, roles: ['SUPER_USER'] };
    for (const viewer of [host.viewer, coHost.viewer, superUser])
      expect(await read(viewer, event)).toEqual(['Words 0', 'Words 1']);
    expect(await read(host.viewer, quiet)).toEqual([]);
    expect(await read(people[0]!.viewer, event)).toBe('FORBIDDEN');
    expect(await read(null, event)).toBe('FORBIDDEN');
  });

  it('keep their numbers when a person is erased, and nothing else of that person', async () => {
    const event = await anEventThatIsOver();
    const people = await Promise.all([1, 2, 3].map(() => participant(event)));
    for (const person of people) await rate(person.viewer, event.publicId, { comment: 'Mine.' });
    const { exported, erase } = personalDataOf(events.subgraph.jobs!, events.privateStore);
    const { records } = await exported(people[0]!.id);
    expect(records['ratings']).toMatchObject([{ eventId: event.publicId, comment: 'Mine.', venue: 3 }]);
    await erase(people[0]!.id);
    const rows = await events.db.rating.findMany({
      where: { eventId: event.id },
      orderBy: { comment: 'asc' },
    });
    expect(rows.map(({ comment }) => comment)).toEqual(['Mine.', 'Mine.', null]);
    expect(rows.map(({ raterId }) => raterId)).not.toContain(people[0]!.id);
    const { data } = await events.anonymous.execute(query, { id: event.publicId });
    expect(data.event.ratings.sampleSize).toBe(3);
  });
});

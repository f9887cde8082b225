import { recordStatements } from '@diaspora/kit/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { userIds, waitlistEntryIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';

const query = `query ($one: ID!, $other: ID!) {
  one: event(id: $one) { waitlist(first: 100) { nodes { position } } }
  other: event(id: $other) { waitlist(first: 1) { nodes { position } } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

it('positions on waitlists are counted once for a list and not for each of those who wait', async () => {
  const organizer = events.given.person();
  const own = { organizerId: organizer.id, capacity: 1 };
  const [one, other] = [await events.given.event(own), await events.given.event(own)];
  const wait = async (
    eventId: string,
    minutes: readonly number[],
    status: 'WAITING' | 'LEFT' = 'WAITING',
  ) => {
    const joined = (minute: number) => new Date(events.clock.now().getTime() + minute * 60_000);
    const data = minutes.map((minute) => ({
      ...{ id: waitlistEntryIds.create(), eventId, userId: userIds.create(), status, places: 1 },
      joinedAt: joined(minute),
    }));
    await events.db.waitlistEntry.createMany({ data });
  };
  await wait(one.id, [4, 2, 3, 1]);
  await wait(one.id, [0, 2], 'LEFT');
  await wait(other.id, [5, 6]);
  const statements = recordStatements(events.pool);
  let answer: any;
  const sent = await statements.during(async () => {
    const ids = { one: one.publicId, other: other.publicId };
    answer = await events.as(organizer.viewer).execute(query, ids);
  });
  const positions = ({ waitlist }: any) => waitlist.nodes.map(({ position }: any) => position);
  expect(positions(answer.data.one)).toEqual([1, 2, 3, 4]);
  expect(positions(answer.data.other)).toEqual([1]);
  const counting = sent.filter(({ text }) => text.includes('AS position'));
  expect(counting).toHaveLength(1);
  expect(await statements.explain(counting[0]!)).toContain('WindowAgg');
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { givenEvents } from '../testing/given.js';

const deleteEvent = `mutation ($input: DeleteEventInput!) { deleteEvent(input: $input) { deletedEventId
  userErrors { __typename code path ... on EventHasHoldersError { registrations tickets packets } } } }`;
const register = `mutation ($id: ID!) { registerForEvent(input: { eventId: $id }) { userErrors { code } } }`;
const repeat = `mutation ($input: RepeatEventInput!) { repeatEvent(input: $input) { userErrors { code } } }`;

describe('deleting an event', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => void (events = await givenEvents()));
  afterAll(() => events.stop());

  const remove = async (viewer: Viewer | null, eventId: string) => {
    const { data, codes } = await events.as(viewer).execute(deleteEvent, { input: { eventId } });
    return { ...data?.deleteEvent, refusal: codes[0] ?? data?.deleteEvent.userErrors[0]?.code ?? null };
  };
  const isThere = async (id: string) => (await events.db.event.count({ where: { id } })) > 0;

  it('leaves nothing of it, of those who left neither, and tells others when it was public', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ organizerId: organizer.id });
    await events.given.registration(event, events.given.person().id, 'CANCELLED');
    expect(await remove(organizer.viewer, event.publicId)).toMatchObject({
      ...{ deletedEventId: event.publicId, refusal: null },
    });
    expect(await isThere(event.id)).toBe(false);
    const told = await events.published(event.publicId);
    expect(told.find(({ type }) => type === 'event.cancelled')!.data).toMatchObject({ version: 2 });
    expect(await auditLines(events.db, event.publicId)).toMatchObject([{ action: 'event.deleted' }]);
    const draft = await events.given.event({ organizerId: organizer.id, status: 'DRAFT' });
    await remove(organizer.viewer, draft.publicId);
    expect(await events.published(draft.publicId)).toEqual([]);
  });

  it('is refused while somebody holds a place, with how many do', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ organizerId: organizer.id, registeredCount: 2 });
    await events.given.registration(event, events.given.person().id);
    await events.given.registration(event, events.given.person().id);
    expect((await remove(organizer.viewer, event.publicId)).userErrors).toEqual([
      {
        ...{ __typename: 'EventHasHoldersError', code: 'EVENT_HAS_HOLDERS', path: ['eventId'] },
        ...{ registrations: 2, tickets: 0, packets: 0 },
      },
    ]);
    expect(await isThere(event.id)).toBe(true);
  });

  it('and a registration at the same moment: one of them happens', async () => {
    for (let round = 0; round < 8; round++) {
      const organizer = events.given.person();
      const event = await events.given.event({ organizerId: organizer.id });
      const [deletion, registration] = await Promise.all([
        remove(organizer.viewer, event.publicId),
        events.as(events.given.person().viewer).execute(register, { id: event.publicId }),
      ]);
      const isRegistered = registration.data.registerForEvent.userErrors.length === 0;
      expect(deletion.refusal).toBe(isRegistered ? 'EVENT_HAS_HOLDERS' : null);
      expect(await isThere(event.id)).toBe(isRegistered);
    }
  });

  it('of a series leaves its day without one', async () => {
    const organizer = events.given.person();
    const first = await events.given.event({ organizerId: organizer.id });
    const input = { eventId: first.publicId, expectedVersion: 1, rule: 'FREQ=DAILY;COUNT=3' };
    await events.as(organizer.viewer).execute(repeat, { input });
    await remove(organizer.viewer, first.publicId);
    await events.db.eventSeries.updateMany({ data: { dueAt: events.clock.now() } });
    await events.runJob('materialiseSeries');
    const left = await events.db.event.findMany({ where: { organizerId: organizer.id } });
    expect(left).toHaveLength(2);
    expect(left.map(({ id }) => id)).not.toContain(first.id);
  });

  it.each<[string, (coHost: Viewer) => Viewer | null, string | null]>([
    ['a visitor', () => null, 'UNAUTHENTICATED'],
    ['a stranger', () => events.given.person().viewer, 'FORBIDDEN'],
    ['a co-host', (coHost) => coHost, 'FORBIDDEN'],
    ['a super user', () => events.given.person({ roles: ['SUPER_USER'] }).viewer, null],
  ])('by %s', async (_who, viewerOf, refusal) => {
    const coHost = events.given.person();
    const event = await events.given.event({ coHostIds: [coHost.id] });
    expect((await remove(viewerOf(coHost.viewer), event.publicId)).refusal).toBe(refusal);
    expect(await isThere(event.id)).toBe(refusal !== null);
  });
});

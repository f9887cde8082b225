import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageHandler, Viewer } from '@diaspora/kit';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';
import { givenEvents } from './testing/given.js';

const register = `mutation ($input: RegisterForEventInput!) {
  registerForEvent(input: $input) { registration { status } userErrors { code } } }`;
const look = `query ($id: ID!) { event(id: $id) { title viewerEligibility { isAllowed reasonCode } } }`;

describe('a block', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => void (events = await givenEvents()));
  afterAll(() => events.stop());

  async function told(isActive: boolean, blockerId: string, blockedId: string, version = 1): Promise<void> {
    const handlers = events.subgraph.handlers as readonly MessageHandler<Transaction>[];
    const handler = handlers.find(({ type }) => type === (isActive ? 'user.blocked' : 'user.unblocked'))!;
    const data = { personId: userIds.encode(blockerId), otherId: userIds.encode(blockedId), version };
    const origin = { id: 'm', source: 'users', type: handler.type, key: 'k', time: events.clock.now() };
    const rest = { requestId: undefined, traceparent: undefined, data: handler.schema.parse(data) };
    await events.db.$transaction((tx) => handler.handle({ ...origin, ...rest }, tx));
  }
  const attempt = async (viewer: Viewer, eventId: string, more: object = {}) => {
    const { data } = await events.as(viewer).execute(register, { input: { eventId, ...more } });
    return data.registerForEvent;
  };
  const eligibility = async (viewer: Viewer, id: string) =>
    (await events.as(viewer).execute(look, { id })).data.event.viewerEligibility;
  const refused = { registration: null, userErrors: [{ code: 'REGISTRATION_CLOSED' }] };

  it('by the organizer bars the other from registering until it ends; the event stays to be seen', async () => {
    const { viewer, id } = events.given.person();
    const event = await events.given.event({ capacity: 5 });
    await told(true, event.organizerId, id);
    expect(await eligibility(viewer, event.publicId)).toEqual({
      isAllowed: false,
      reasonCode: 'NOT_ADMITTED',
    });
    expect(await attempt(viewer, event.publicId)).toEqual(refused);
    expect(await attempt(viewer, event.publicId, { idempotencyKey: 'k' })).toEqual(refused);
    const row = await events.db.event.findUniqueOrThrow({ where: { id: event.id } });
    expect(row.registeredCount).toBe(0);
    expect(await events.published(event.publicId)).toEqual([]);
    await told(false, event.organizerId, id, 2);
    expect(await eligibility(viewer, event.publicId)).toEqual({ isAllowed: true, reasonCode: null });
    expect(await attempt(viewer, event.publicId)).toMatchObject({ registration: { status: 'CONFIRMED' } });
  });

  it('leaves a place that is held, and whom somebody else has blocked, alone', async () => {
    const [{ viewer, id }, third] = [events.given.person(), events.given.person()];
    const event = await events.given.event();
    await attempt(viewer, event.publicId);
    await told(true, event.organizerId, id);
    expect(await eligibility(viewer, event.publicId)).toMatchObject({ reasonCode: 'ALREADY_REGISTERED' });
    expect(await attempt(viewer, event.publicId)).toMatchObject({ registration: { status: 'CONFIRMED' } });
    await told(true, id, third.id);
    expect(await attempt(third.viewer, event.publicId)).toMatchObject({ userErrors: [] });
  });

  it('of the organizer by somebody leaves it to that person to come', async () => {
    const { viewer, id } = events.given.person();
    const event = await events.given.event();
    await told(true, id, event.organizerId);
    expect(await attempt(viewer, event.publicId)).toMatchObject({ registration: { status: 'CONFIRMED' } });
  });

  it('is what the highest version says, in whatever order it is told of and however often', async () => {
    for (const order of [
      [3, 1, 2, 3],
      [2, 4, 3, 1],
      [4, 4, 1],
    ]) {
      const [person, other] = [events.given.person(), events.given.person()];
      for (const version of order) await told(version % 2 === 0, person.id, other.id, version);
      const version = Math.max(...order);
      const where = { blockerId: person.id, blockedId: other.id };
      const kept = await events.db.block.findMany({ where });
      expect(kept).toEqual([{ ...where, version, isActive: version % 2 === 0 }]);
    }
  });
});

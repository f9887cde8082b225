import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { memberHandlers } from './known-members.js';
import { userIds } from './ids.js';
import { givenMessaging, type Messaging } from './testing/given.js';

let messaging: Messaging;
beforeAll(async () => void (messaging = await givenMessaging()));
afterAll(() => messaging.stop());

it('knows a person who registered, once, however often it is reported', async () => {
  const id = userIds.create();
  const [registered] = memberHandlers;
  const data = registered!.schema.parse({
    userId: userIds.encode(id),
    registeredAt: '2026-06-01T12:00:00.000Z',
  });
  const origin = { id: 'm', source: 'users', type: 'user.registered', key: 'k', time: new Date() };
  const message = { ...origin, requestId: undefined, traceparent: undefined, data };
  for (let count = 0; count < 2; count++) {
    await messaging.db.$transaction((tx) => registered!.handle(message, tx));
  }
  expect(await messaging.db.member.findMany({ where: { id } })).toEqual([
    { id, registeredAt: new Date('2026-06-01T12:00:00.000Z'), erasedAt: null },
  ]);
});

import { conversationIds, eventIds, registrationIds } from '../ids.js';
import { deliverTo } from './bus.js';
import type { Messaging } from './given.js';

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString();

/** Ana's event, which Cleo runs with her and to which Ben goes, as events tell of it; the id of its conversation. */
export async function anEvent(messaging: Messaging) {
  const { member } = messaging.given;
  const [ana, ben, cleo] = [await member(), await member(), await member()];
  const eventId = eventIds.encode(eventIds.create());
  const when = { startsAt: at(0), endsAt: at(60), timeZone: 'UTC', venue: null, city: null };
  const registrationId = registrationIds.encode(registrationIds.create());
  const place = { registrationId, eventId, userId: ben.publicId, ...when };
  const tell = (type: string, version: number, hosts: readonly (typeof ana)[]) =>
    deliverTo(messaging, type, {
      ...{ eventId, version, title: 'Harvest', status: 'PUBLISHED', ...when },
      ...{ organizerId: ana.publicId, hostIds: hosts.map(({ publicId }) => publicId) },
    });
  await tell('event.published', 1, [ana, cleo]);
  await deliverTo(messaging, 'registration.confirmed', { ...place, confirmedAt: at(1) });
  const { id } = await messaging.db.conversation.findUniqueOrThrow({
    where: { eventId: eventIds.decode(eventId) },
  });
  return {
    ...{ ana, ben, cleo, id: conversationIds.encode(id) },
    giveUp: () => deliverTo(messaging, 'registration.cancelled', { ...place, cancelledAt: at(2) }),
    runAlone: () => tell('event.changed', 2, [ana]),
    cancel: () =>
      deliverTo(messaging, 'event.cancelled', { eventId, version: 2, title: 'Harvest', cancelledAt: at(2) }),
  };
}

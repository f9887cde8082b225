import { conversationIds, eventIds, registrationIds } from '../ids.js';
import { deliverTo } from './bus.js';
import type { Member, Messaging } from './given.js';

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString();

/** Ana's event, which Cleo runs with her and to which Ben goes, as events tell of it; the id of its conversation. */
export async function anEvent(messaging: Messaging) {
  const { member } = messaging.given;
  const [ana, ben, cleo] = [await member(), await member(), await member()];
  const eventId = eventIds.encode(eventIds.create());
  const when = { startsAt: at(0), endsAt: at(60), timeZone: 'UTC', venue: null, city: null };
  const placeOf = (who: Member) => {
    const registrationId = registrationIds.encode(registrationIds.create());
    return { registrationId, eventId, userId: who.publicId, ...when };
  };
  const register = (place: ReturnType<typeof placeOf>) =>
    deliverTo(messaging, 'registration.confirmed', { ...place, confirmedAt: at(1) });
  const tell = (type: string, version: number, hosts: readonly Member[], title = 'Harvest') =>
    deliverTo(messaging, type, {
      ...{ eventId, version, title, status: 'PUBLISHED', ...when },
      ...{ organizerId: ana.publicId, hostIds: hosts.map(({ publicId }) => publicId) },
    });
  await tell('event.published', 1, [ana, cleo]);
  const place = placeOf(ben);
  await register(place);
  const { id } = await messaging.db.conversation.findUniqueOrThrow({
    where: { eventId: eventIds.decode(eventId) },
  });
  return {
    ...{ ana, ben, cleo, id: conversationIds.encode(id) },
    giveUp: () => deliverTo(messaging, 'registration.cancelled', { ...place, cancelledAt: at(2) }),
    goTo: (who: Member) => register(placeOf(who)),
    runWith: (who: Member) => tell('event.changed', 2, [ana, cleo, who]),
    rename: (title: string) => tell('event.changed', 2, [ana, cleo], title),
    runAlone: () => tell('event.changed', 2, [ana]),
    cancel: () =>
      deliverTo(messaging, 'event.cancelled', { eventId, version: 2, title: 'Harvest', cancelledAt: at(2) }),
  };
}

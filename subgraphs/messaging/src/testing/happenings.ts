import { eventIds, officeIds, registrationIds, subscriptionIds, userIds } from '../ids.js';
import { deliverTo, runAdded } from './bus.js';
import { invitedBy, linkTo } from './groups.js';
import type { Member, Messaging } from './given.js';

export const at = '2026-06-01T12:00:00.000Z';
export const later = '2026-06-02T12:00:00.000Z';
export const aNew = (ids: { create(): string; encode(key: string): string }) => ids.encode(ids.create());

/** It happens to Ana; where somebody does it, that is Ben. */
interface World {
  readonly messaging: Messaging;
  readonly ana: Member;
  readonly ben: Member;
}

export interface Source {
  /** Who did it. */
  readonly by: 'ben' | null;
  /** Of what type its subject is; null where the recipient does not see it. */
  readonly about: string | null;
  /** Answers the id of the subject. */
  readonly happens: (world: World) => Promise<string | null>;
}

/** What another subgraph tells, as often as it likes. */
export const told =
  (message: string, data: (told: { ana: string; ben: string; id: string }) => object, ids = userIds) =>
  async ({ messaging, ana, ben }: World): Promise<string> => {
    const id = ids === userIds ? ana.publicId : aNew(ids);
    const said = data({ ana: ana.publicId, ben: ben.publicId, id });
    for (let time = 0; time < 2; time++) await deliverTo(messaging, message, said);
    return id;
  };
const tie = ({ ana, ben }: { ana: string; ben: string }) => ({ personId: ben, otherId: ana, version: 1 });
export const tied = (message: string) => async (world: World) => {
  await told(message, tie)(world);
  return world.ben.publicId;
};

export const office = (message: string, data: object = {}, by: Source['by'] = null): Source => ({
  ...{ by, about: 'Office' },
  happens: told(
    message,
    ({ ana, ben, id }) => ({ officeId: id, userId: ana, reviewerId: ben, ...data }),
    officeIds,
  ),
});
export const own = (message: string, data: object): Source => ({
  ...{ by: null, about: 'User' },
  happens: told(message, ({ ana }) => ({ userId: ana, ...data })),
});
export const event = (
  message: string,
  data: (told: { ana: string; ben: string }) => object,
  by: Source['by'] = null,
): Source => ({
  ...{ by, about: 'Event' },
  happens: told(message, ({ id, ...people }) => ({ eventId: id, ...data(people) }), eventIds),
});
export const plan = (message: string, data: object = {}): Source => ({
  ...{ by: null, about: 'PlanSubscription' },
  happens: told(message, ({ ana, id }) => ({ subscriptionId: id, userId: ana, ...data }), subscriptionIds),
});
const anEvent = {
  ...{ version: 1, title: 'Jazz', startsAt: at, endsAt: later, timeZone: 'Europe/Berlin' },
  ...{ venue: 'Quasimodo', city: 'Berlin', status: 'PUBLISHED', organizerId: aNew(userIds) },
};
/** Of an event that Ana goes to. */
export const attended = (message: string, data: object): Source => ({
  ...{ by: null, about: 'Event' },
  happens: async ({ messaging, ana }) => {
    const [id, eventId] = [registrationIds.create(), aNew(eventIds)];
    await deliverTo(messaging, 'event.published', { ...anEvent, eventId });
    await messaging.db.admission.create({
      data: { id, eventId: eventIds.decode(eventId), personId: ana.id },
    });
    await deliverTo(messaging, message, { ...anEvent, ...data, eventId });
    await runAdded(messaging, { name: 'tellAttendees' });
    return eventId;
  },
});
export const does = (who: Member, mutation: string, input: object, fields = 'userErrors { code }') =>
  who.execute(
    `mutation ($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { ${fields} } }`,
    { input },
  );
export const wishOf = async (messaging: Messaging, owner: Member, other: Member) => {
  const id = await messaging.given.group(owner, []);
  const wish = await invitedBy(await linkTo(owner, id, { needsApproval: true })).join(other);
  return { id, wish };
};
export const decided =
  (isApproved: boolean) =>
  async ({ messaging, ana, ben }: World) => {
    const { id, wish } = await wishOf(messaging, ben, ana);
    await does(ben, 'decideJoinRequest', { joinRequestId: wish, isApproved });
    return isApproved ? id : null;
  };

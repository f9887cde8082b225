import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Work that outlives a request. Payloads hold keys only. */

/** Tells others of events that are over. */
export const tellCompletedEvents = defineJob('tellCompletedEvents', z.object({}));

/** Offers places of an event that an offer which expired has freed. */
export const passOnOffers = defineJob('passOnOffers', z.object({ eventId: z.uuid() }));

/** Mails the code of an invitation to its address. */
export const mailInvitation = defineJob('mailInvitation', z.object({ invitationId: z.uuid() }));

/** Forgets the address of an invitation that nobody answered. */
export const expireInvitation = defineJob('expireInvitation', z.object({ invitationId: z.uuid() }));

/** Begins the reminders of events that are due. */
export const remindDueEvents = defineJob('remindDueEvents', z.object({}));

/** Tells a page of participants of an event that begins. */
export const remindParticipants = defineJob(
  'remindParticipants',
  z.object({
    eventId: z.uuid(),
    offset: z.number().int(),
    startsAt: z.iso.datetime(),
    after: z.uuid().nullable(),
  }),
);

/** Makes the next key that signs check-in codes when it is time. */
export const rotateCheckInKeys = defineJob('rotateCheckInKeys', z.object({}));
/** Brings one connected calendar in step. It waits for a server that its person chose. */
export const syncCalendar = defineJob('syncCalendar', z.object({ connectionId: z.string() }), {
  isSlow: true,
});
/** Gives each calendar that is due a job of its own. */
export const syncDueCalendars = defineJob('syncDueCalendars', z.object({}));

/** Makes the next events of series. */
export const materialiseSeries = defineJob('materialiseSeries', z.object({}));

/** Ends purchases that were not paid in time. */
export const expirePurchases = defineJob('expirePurchases', z.object({}));

/** Asks again for refunds that failed. */
export const retryRefunds = defineJob('retryRefunds', z.object({}));

/** Pays back what was bought of an event that was called off, by its key. */
export const settleCancelledEvent = defineJob('settleCancelledEvent', z.object({ eventId: z.uuid() }));

/** Calls off what somebody whose account was terminated was to organize. */
export const callOffEventsOf = defineJob('callOffEventsOf', z.object({ organizerId: z.uuid() }));

/** Counts the days before, for reports. */
export const countEvents = defineJob('countEvents', z.object({}));

/** Counts what is popular. */
export const countPopularity = defineJob('countPopularity', z.object({}));

/** Minute, hour, day, month, weekday, job; UTC. */
export const crontab = `* * * * * ${tellCompletedEvents.name}
* * * * * ${syncDueCalendars.name}
* * * * * ${expirePurchases.name}
* * * * * ${retryRefunds.name}
17 3 * * * ${rotateCheckInKeys.name}
17 * * * * ${materialiseSeries.name}
37 * * * * ${countPopularity.name}
* * * * * ${remindDueEvents.name}
23 0 * * * ${countEvents.name}`;

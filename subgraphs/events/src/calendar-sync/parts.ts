import { AppError, onJob, type Clock, type Outbox } from '@diaspora/kit';
import type { Calendar } from '../calendar/index.js';
import type { EventsConfig } from '../config.js';
import type { Db } from '../database.js';
import { syncCalendar, syncDueCalendars } from '../jobs.js';
import type { EventsMessages } from '../messages.js';
import type { Participation } from '../participation/index.js';
import { personOf } from '../viewers.js';
import { createProviders, type ProviderSettings } from './credentials.js';
import { calendarMarks, createDueSyncs, createMarkPerson } from './marking.js';
import { createCalendarSync } from './service.js';
import { createSyncing } from './syncing.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly calendar: Pick<Calendar, 'entriesOf'>;
  readonly participation: Pick<Participation, 'cancel'>;
  readonly calendars: ProviderSettings;
}

/** What the composition root needs of connected calendars. */
export function createCalendarParts({ db, clock, outbox, calendar, participation, calendars }: Dependencies) {
  const providers = createProviders(calendars);
  const { entriesOf } = calendar;
  const syncing = createSyncing({ ...{ db, clock, outbox, entriesOf, giveBackPlace }, open: providers.open });

  async function giveBackPlace(userId: string, eventId: string): Promise<void> {
    const held = await db.registration.findFirst({ where: { userId, eventId, status: 'CONFIRMED' } });
    if (!held) return;
    // The person, who said so in their calendar.
    await participation.cancel(personOf(userId), held.id).catch((error: unknown) => {
      // An event that is over has no places to give back.
      if (!(error instanceof AppError && error.code === 'CONFLICT')) throw error;
    });
  }

  return {
    service: createCalendarSync({ db, clock, providers, redirectUris: calendars.redirectUris }),
    handlers: calendarMarks({ clock }),
    markPerson: createMarkPerson({ clock }),
    jobs: { ...onJob(syncCalendar, syncing.sync), ...onJob(syncDueCalendars, createDueSyncs({ db, clock })) },
  };
}

export const readCalendarSettings = (config: EventsConfig): ProviderSettings => ({
  sealingSecret: config.SEALING_SECRET,
  google:
    config.GOOGLE_CLIENT_ID && config.GOOGLE_CLIENT_SECRET
      ? { clientId: config.GOOGLE_CLIENT_ID, clientSecret: config.GOOGLE_CLIENT_SECRET }
      : null,
  redirectUris: config.CALENDAR_REDIRECT_URIS,
  isCalDavOpen: config.CALDAV_OPEN,
});

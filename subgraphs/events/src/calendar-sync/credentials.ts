import { createSafeFetch, createSealer } from '@diaspora/kit';
import type { CalendarConnection } from '../__generated__/prisma/client.js';
import { createCalDavCalendar, openCalDavCalendar, type CalDavCredentials } from './caldav.js';
import { createGoogle, type GoogleSettings } from './google.js';
import { AccessRefused, type RemoteCalendar } from './remote.js';
import { calendarName } from './rules.js';

export interface ProviderSettings {
  readonly sealingSecret: string;
  /** Without it nobody connects Google Calendar. */
  readonly google: GoogleSettings | null;
  /** Where Google may send people back to. */
  readonly redirectUris: readonly string[];
  /** CalDAV servers in the own network and without TLS, too. */
  readonly isCalDavOpen: boolean;
}

export type CalendarProviders = ReturnType<typeof createProviders>;

/** The calendars of both providers, and what opens them, which is sealed at rest. */
export function createProviders({ sealingSecret, google: settings, isCalDavOpen }: ProviderSettings) {
  const sealer = createSealer(sealingSecret, 'calendar-credentials');
  const fetch = createSafeFetch({ isOpen: isCalDavOpen });
  const google = settings && createGoogle(settings);

  /** Makes a calendar at a CalDAV server. */
  async function makeCalDav(connectionId: string, credentials: CalDavCredentials) {
    const place = { name: calendarName, slug: `diaspora-${connectionId}`, fetch };
    const calendarRef = await createCalDavCalendar(credentials, place);
    return { calendarRef, sealedCredentials: sealer.seal(JSON.stringify(credentials)) };
  }

  async function makeGoogle(refreshToken: string) {
    const calendarRef = await google!.createCalendar(refreshToken, calendarName);
    return { calendarRef, sealedCredentials: sealer.seal(refreshToken) };
  }

  function open(connection: CalendarConnection, signal: AbortSignal): RemoteCalendar {
    const { provider, calendarRef, sealedCredentials } = connection;
    if (sealedCredentials === null) throw new AccessRefused('There is nothing to open it with.');
    const opened = sealer.open(sealedCredentials);
    if (provider === 'CALDAV')
      return openCalDavCalendar(JSON.parse(opened) as CalDavCredentials, calendarRef, (input, init) =>
        fetch(input, { ...init, signal }),
      );
    if (!google) throw new Error('Google Calendar is not set up.');
    return google.open(opened, calendarRef, signal);
  }

  /** Tells Google that we do not need its token any more. */
  async function giveUp({ provider, sealedCredentials }: CalendarConnection): Promise<void> {
    if (provider === 'GOOGLE' && google && sealedCredentials)
      await google.revoke(sealer.open(sealedCredentials));
  }

  return { google, sealer, makeCalDav, makeGoogle, open, giveUp };
}

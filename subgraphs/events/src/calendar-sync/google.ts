import { calendar, type calendar_v3 } from '@googleapis/calendar';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { formatLocal } from '../time/index.js';
import type { CalendarEntry } from '../calendar/index.js';
import {
  AccessRefused,
  CalendarGone,
  missingOf,
  SyncTokenExpired,
  type KnownEtags,
  type RemoteCalendar,
  type RemoteChange,
  type RemoteChanges,
  type RemoteEntry,
} from './remote.js';

export interface GoogleSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Instead of Google's own addresses. */
  readonly apiUrl?: string | undefined;
  readonly oauthUrl?: string | undefined;
}

/** Lets us make calendars of our own and see nothing of the person's others. */
const scope = 'https://www.googleapis.com/auth/calendar.app.created';
const timeout = 10_000;

/** The consent of a person (OAuth 2.0 with PKCE), and the calendars it opens. */
export function createGoogle({ clientId, clientSecret, apiUrl, oauthUrl }: GoogleSettings) {
  const endpoints = oauthUrl && {
    oauth2AuthBaseUrl: `${oauthUrl}/authorize`,
    oauth2TokenUrl: `${oauthUrl}/token`,
    oauth2RevokeUrl: `${oauthUrl}/revoke`,
  };
  const clientOf = (refreshToken?: string, redirectUri?: string) => {
    const client = new OAuth2Client({
      ...{ clientId, clientSecret, transporterOptions: { timeout, retry: false } },
      ...(redirectUri !== undefined && { redirectUri }),
      ...(endpoints && { endpoints }),
    });
    if (refreshToken !== undefined) client.setCredentials({ refresh_token: refreshToken });
    return client;
  };
  const apiOf = (refreshToken: string, signal?: AbortSignal) =>
    calendar({
      ...{ version: 'v3', auth: clientOf(refreshToken), timeout, retry: false },
      ...(signal && { signal }),
      ...(apiUrl !== undefined && { rootUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
    });

  /** Where a person lets us in; `challenge` is the S256 of what `redeem` is given later. */
  const authorizationUrl = (redirectUri: string, state: string, challenge: string): string =>
    clientOf(undefined, redirectUri).generateAuthUrl({
      ...{ scope, state, access_type: 'offline', prompt: 'consent' },
      ...{ code_challenge: challenge, code_challenge_method: CodeChallengeMethod.S256 },
    });

  /** What a person came back with, as a token that lasts. Throws AccessRefused. */
  async function redeem(code: string, redirectUri: string, codeVerifier: string): Promise<string> {
    const { tokens } = await clientOf(undefined, redirectUri).getToken({ code, codeVerifier }).catch(refuse);
    if (!tokens.refresh_token) throw new AccessRefused('Google gave no token that lasts.');
    return tokens.refresh_token;
  }

  const revoke = async (refreshToken: string): Promise<void> => {
    await clientOf().revokeToken(refreshToken);
  };

  async function createCalendar(refreshToken: string, name: string): Promise<string> {
    const { data } = await apiOf(refreshToken)
      .calendars.insert({ requestBody: { summary: name } })
      .catch(refuse);
    return data.id!;
  }

  const open = (refreshToken: string, calendarId: string, signal: AbortSignal): RemoteCalendar =>
    openGoogleCalendar(apiOf(refreshToken, signal), calendarId);

  return { authorizationUrl, redeem, revoke, createCalendar, open };
}

function openGoogleCalendar({ events }: calendar_v3.Calendar, calendarId: string): RemoteCalendar {
  const entryOf = ({ data }: { data: calendar_v3.Schema$Event }): RemoteEntry => ({
    remoteId: data.id!,
    etag: data.etag!,
  });
  const patch = async (eventId: string, requestBody: calendar_v3.Schema$Event, etag: string) =>
    entryOf(await events.patch({ calendarId, eventId, requestBody }, { headers: { 'If-Match': etag } }));

  /** Our keys are hex, which is among what Google takes for ids: written twice, an entry is there once. */
  async function insert(id: string, body: calendar_v3.Schema$Event): Promise<RemoteEntry> {
    try {
      return entryOf(await events.insert({ calendarId, requestBody: { id, ...body } }));
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      // Of an attempt that was cut short, or removed: what was removed comes back by an update.
      return entryOf(await events.update({ calendarId, eventId: id, requestBody: body }));
    }
  }

  async function write(entry: CalendarEntry, known: RemoteEntry | null): Promise<RemoteEntry> {
    const body = bodyOf(entry);
    const eventId = known?.remoteId ?? entry.eventId.replaceAll('-', '');
    if (!known) return insert(eventId, body);
    try {
      return await patch(eventId, body, known.etag);
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return insert(eventId, body);
      if (status !== 412) throw error;
      const { data } = await events.get({ calendarId, eventId });
      return patch(eventId, body, data.etag!);
    }
  }

  async function remove({ remoteId: eventId }: RemoteEntry): Promise<void> {
    await events.delete({ calendarId, eventId }).catch((error: unknown) => {
      if (![404, 410].includes(statusOf(error) ?? 0)) throw error;
    });
  }

  async function changes(token: string | null, known: KnownEtags): Promise<RemoteChanges> {
    const seen = new Set<string>();
    const found: RemoteChange[] = [];
    let page: calendar_v3.Schema$Events | undefined;
    do {
      const { data }: { data: calendar_v3.Schema$Events } = await events.list({
        ...{ calendarId, maxResults: 250 },
        ...(token !== null && { syncToken: token }),
        ...(page?.nextPageToken && { pageToken: page.nextPageToken }),
      });
      page = data;
      for (const event of data.items ?? []) {
        seen.add(event.id!);
        const etag = known.get(event.id!);
        if (etag !== undefined && etag !== event.etag) found.push(changeOf(event));
      }
    } while (page.nextPageToken);
    if (token === null) found.push(...missingOf(known, seen));
    return { changes: found, token: page.nextSyncToken! };
  }

  const told =
    <Args extends unknown[], Answer>(run: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> =>
      run(...args).catch(refuse);

  return { put: told(write), remove: told(remove), changes: told(changes) };
}

function bodyOf(entry: CalendarEntry): calendar_v3.Schema$Event {
  const { title, description, location, url, zone: timeZone } = entry;
  const at = (local: Date) => ({ dateTime: formatLocal(local), timeZone });
  return {
    ...{
      status: entry.status === 'TENTATIVE' ? 'tentative' : 'confirmed',
      summary: title,
      location: location ?? '',
    },
    description: [description, url].filter(Boolean).join('\n\n'),
    ...{ start: at(entry.startsAtLocal), end: at(entry.endsAtLocal) },
    extendedProperties: { private: { diasporaUid: entry.uid, diasporaSequence: String(entry.sequence) } },
  };
}

function changeOf(event: calendar_v3.Schema$Event): RemoteChange {
  const entry = { remoteId: event.id!, etag: event.etag! };
  if (event.status === 'cancelled') return { kind: 'REMOVED', remoteId: entry.remoteId };
  const isDeclined = event.attendees?.some(
    ({ self, responseStatus }) => self && responseStatus === 'declined',
  );
  if (isDeclined) return { kind: 'DECLINED', ...entry };
  const at = (time: calendar_v3.Schema$EventDateTime | undefined) =>
    time?.dateTime ? new Date(time.dateTime) : null;
  return { kind: 'CHANGED', ...entry, startsAt: at(event.start), endsAt: at(event.end) };
}

interface ApiFault {
  readonly status?: number;
  readonly response?: { readonly status?: number; readonly data?: unknown };
  readonly message?: string;
}

const statusOf = (error: unknown): number | undefined =>
  (error as ApiFault).response?.status ?? (error as ApiFault).status;

/** Google tells by 410 of a sync token, by 404 of a calendar, and by `invalid_grant` that the person has taken access away. */
function refuse(error: unknown): never {
  const status = statusOf(error);
  const data = JSON.stringify((error as ApiFault).response?.data ?? '');
  const message = (error as ApiFault).message ?? 'Google did not answer.';
  if (status === 401 || /invalid_grant|insufficientPermissions/.test(data)) throw new AccessRefused(message);
  if (status === 410) throw new SyncTokenExpired(message);
  if (status === 404) throw new CalendarGone(message);
  throw error;
}

import ICAL from 'ical.js';
import {
  createAccount,
  createObject,
  deleteObject,
  makeCalendar,
  propfind,
  syncCollection,
  updateObject,
  type DAVResponse,
} from 'tsdav';
import { icsOf, type CalendarEntry } from '../calendar/index.js';
import { eventIds } from '../ids.js';
import {
  AccessRefused,
  CalendarGone,
  SyncTokenExpired,
  missingOf,
  type KnownEtags,
  type RemoteCalendar,
  type RemoteChange,
  type RemoteChanges,
  type RemoteEntry,
} from './remote.js';

export interface CalDavCredentials {
  readonly serverUrl: string;
  readonly username: string;
  readonly password: string;
}

type Fetch = typeof fetch;

const authorization = ({ username, password }: CalDavCredentials) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

/** Makes a calendar for the events, and answers its address. Throws AccessRefused, and others where there is no CalDAV. */
export async function createCalDavCalendar(
  credentials: CalDavCredentials,
  { name, slug, fetch }: { name: string; slug: string; fetch: Fetch },
): Promise<string> {
  const headers = authorization(credentials);
  const account = { serverUrl: credentials.serverUrl, accountType: 'caldav' as const };
  const { homeUrl } = await createAccount({ account, headers, fetch }).catch((error: Error) => {
    throw /credential|unauthor|\b40[13]\b/i.test(error.message) ? new AccessRefused(error.message) : error;
  });
  if (!homeUrl) throw new Error('This server names no place for calendars.');
  const url = new URL(`${slug}/`, homeUrl.endsWith('/') ? homeUrl : `${homeUrl}/`).href;
  const [made] = await makeCalendar({ url, props: { 'd:displayname': name }, headers, fetch });
  // 405: it is there, from an attempt that was cut short.
  if (made && !made.ok && made.status !== 405) throw faultOf(made.status, 'make a calendar');
  return url;
}

/** A CalDAV calendar (RFC 4791), whose changes are read by sync-collection (RFC 6578). */
export function openCalDavCalendar(
  credentials: CalDavCredentials,
  url: string,
  fetch: Fetch,
): RemoteCalendar {
  const headers = authorization(credentials);
  const urlOf = (remoteId: string) => new URL(remoteId, url).href;

  async function put(entry: CalendarEntry, known: RemoteEntry | null): Promise<RemoteEntry> {
    const remoteId = known?.remoteId ?? `${eventIds.encode(entry.eventId)}.ics`;
    const write = (etag: string | undefined) => {
      const request = { url: urlOf(remoteId), data: icsOf([entry]), fetch };
      const typed = { ...headers, 'content-type': 'text/calendar; charset=utf-8' };
      return etag === undefined
        ? createObject({ ...request, headers: { ...typed, 'if-none-match': '*' } })
        : updateObject({ ...request, etag, headers: typed });
    };
    let response = await write(known?.etag);
    // Somebody changed it, or an attempt of ours was cut short: what the event says wins.
    if (response.status === 412) response = await write(await etagOf(remoteId));
    if (!response.ok) throw faultOf(response.status, 'write an entry');
    const etag = response.headers.get('etag') ?? (await etagOf(remoteId));
    if (etag === undefined) throw new Error('The calendar keeps no entry that was written.');
    return { remoteId, etag };
  }

  async function etagOf(remoteId: string): Promise<string | undefined> {
    const props = { 'd:getetag': {} };
    const [found] = await propfind({ url: urlOf(remoteId), props, depth: '0', headers, fetch });
    if (found?.status === 404) return undefined;
    if (!found?.ok) throw faultOf(found?.status ?? 0, 'look at an entry');
    return String(found.props?.['getetag'] ?? '');
  }

  async function remove({ remoteId }: RemoteEntry): Promise<void> {
    const response = await deleteObject({ url: urlOf(remoteId), headers, fetch });
    if (!response.ok && response.status !== 404) throw faultOf(response.status, 'remove an entry');
  }

  async function changes(token: string | null, known: KnownEtags): Promise<RemoteChanges> {
    const responses = await syncCollection({
      ...{ url, headers, fetch, syncLevel: 1 },
      props: { 'd:getetag': {} },
      ...(token !== null && { syncToken: token }),
    });
    const [first] = responses;
    const answer = (first?.raw as { multistatus?: { syncToken?: string } } | undefined)?.multistatus;
    if (!first?.ok && !answer) throw syncFaultOf(first, token);
    const seen = new Set<string>();
    const found: RemoteChange[] = [];
    for (const { href, status, props } of responses) {
      const remoteId = decodeURIComponent(href?.split('/').at(-1) ?? '');
      seen.add(remoteId);
      if (!known.has(remoteId)) continue;
      if (status === 404) found.push({ kind: 'REMOVED', remoteId });
      else if (String(props?.['getetag']) !== known.get(remoteId)) found.push(await readEntry(remoteId));
    }
    if (token === null) found.push(...missingOf(known, seen));
    return { changes: found, token: String(answer?.syncToken ?? '') };
  }

  async function readEntry(remoteId: string): Promise<RemoteChange> {
    const response = await fetch(urlOf(remoteId), { headers });
    if (response.status === 404) return { kind: 'REMOVED', remoteId };
    if (!response.ok) throw faultOf(response.status, 'read an entry');
    return changeOf({ remoteId, etag: response.headers.get('etag') ?? '' }, await response.text());
  }

  return { put, remove, changes };
}

/** What a person made of an entry. One that is no calendar text any more is put right like one that was moved. */
function changeOf(entry: RemoteEntry, text: string): RemoteChange {
  try {
    const component = new ICAL.Component(ICAL.parse(text) as never).getFirstSubcomponent('vevent')!;
    const event = new ICAL.Event(component);
    const isDeclined =
      component.getFirstPropertyValue('status') === 'CANCELLED' ||
      event.attendees.some((attendee) => attendee.getParameter('partstat') === 'DECLINED');
    if (isDeclined) return { kind: 'DECLINED', ...entry };
    return {
      kind: 'CHANGED',
      ...entry,
      startsAt: instantOf(component, 'dtstart'),
      endsAt: instantOf(component, 'dtend'),
    };
  } catch {
    return { kind: 'CHANGED', ...entry, startsAt: null, endsAt: null };
  }
}

/** By the zone that stands in the same text. */
function instantOf(event: ICAL.Component, property: string): Date | null {
  const time = event.getFirstPropertyValue(property);
  if (!(time instanceof ICAL.Time)) return null;
  const tzid = event.getFirstProperty(property)?.getParameter('tzid');
  const zone = event.parent
    ?.getAllSubcomponents('vtimezone')
    .find((candidate) => candidate.getFirstPropertyValue('tzid') === tzid);
  const zoned = time.clone();
  if (zone) zoned.zone = new ICAL.Timezone(zone);
  return zoned.toJSDate();
}

const faultOf = (status: number, what: string): Error =>
  status === 401 || status === 403
    ? new AccessRefused(`The calendar refused to ${what} (${status}).`)
    : new Error(`The calendar did not ${what} (${status}).`);

/** RFC 6578, 3.2: what is wrong with the token is a precondition that failed. */
function syncFaultOf(response: DAVResponse | undefined, token: string | null): Error {
  const status = response?.status ?? 0;
  if (status === 404) return new CalendarGone('The calendar is not there any more.');
  const isAboutToken = /valid-sync-token|number-of-matches/.test(JSON.stringify(response?.raw ?? ''));
  if (token !== null && (isAboutToken || [409, 410, 412, 507].includes(status)))
    return new SyncTokenExpired(`The calendar does not know the sync token (${status}).`);
  return faultOf(status, 'tell its changes');
}

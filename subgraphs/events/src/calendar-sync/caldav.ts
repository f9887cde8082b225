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

/** Where the server keeps what is of the person. Throws AccessRefused, and others where there is no CalDAV. */
const findAccount = (credentials: CalDavCredentials, fetch: Fetch) =>
  createAccount({
    account: { serverUrl: credentials.serverUrl, accountType: 'caldav' },
    headers: authorization(credentials),
    fetch,
  }).catch((error: Error) => {
    throw /credential|unauthor|\b40[13]\b/i.test(error.message) ? new AccessRefused(error.message) : error;
  });

/** Makes a calendar for the events, and answers its address. Throws as `findAccount`. */
export async function createCalDavCalendar(
  credentials: CalDavCredentials,
  { name, slug, fetch }: { name: string; slug: string; fetch: Fetch },
): Promise<string> {
  const headers = authorization(credentials);
  const { homeUrl } = await findAccount(credentials, fetch);
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
    const { change, declined } = read(
      { remoteId, etag: response.headers.get('etag') ?? '' },
      await response.text(),
    );
    if (declined.length === 0) return change;
    const own = await addressesOfPerson();
    return declined.some((address) => own.has(address)) ? { ...change, kind: 'DECLINED' } : change;
  }

  /** What entries call the person among their guests (RFC 6638, section 2.4.1): the others may decline what they like. */
  async function addressesOfPerson(): Promise<ReadonlySet<string>> {
    const { principalUrl } = await findAccount(credentials, fetch);
    const props = { 'c:calendar-user-address-set': {} };
    const [found] = await propfind({ url: principalUrl!, props, depth: '0', headers, fetch });
    if (!found?.ok) throw faultOf(found?.status ?? 0, 'tell whose it is');
    const set = found.props?.['calendarUserAddressSet'] as { href?: unknown } | undefined;
    const told = [set?.href ?? []].flat().map(String);
    return new Set([...told, credentials.username, `mailto:${credentials.username}`].map(addressKeyOf));
  }

  return { put, remove, changes };
}

const addressKeyOf = (address: string): string => address.trim().toLowerCase();

interface Read {
  readonly change: RemoteEntry & Exclude<RemoteChange, { kind: 'REMOVED' }>;
  /** Which of its guests do not come. */
  readonly declined: readonly string[];
}

/** What became of an entry. One that is no calendar text any more is put right like one that was moved. */
function read(entry: RemoteEntry, text: string): Read {
  try {
    const component = new ICAL.Component(ICAL.parse(text) as never).getFirstSubcomponent('vevent')!;
    const isCancelled = component.getFirstPropertyValue('status') === 'CANCELLED';
    const times = { startsAt: instantOf(component, 'dtstart'), endsAt: instantOf(component, 'dtend') };
    return {
      change: isCancelled ? { kind: 'DECLINED', ...entry } : { kind: 'CHANGED', ...entry, ...times },
      declined: component
        .getAllProperties('attendee')
        .filter((attendee) => attendee.getParameter('partstat') === 'DECLINED')
        .map((attendee) => addressKeyOf(String(attendee.getFirstValue()))),
    };
  } catch {
    return { change: { kind: 'CHANGED', ...entry, startsAt: null, endsAt: null }, declined: [] };
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

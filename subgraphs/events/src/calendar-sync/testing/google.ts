import { minuteMs } from '@diaspora/kit';
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseLocal, resolveLocal } from '../../time/index.js';

interface StoredEvent {
  id: string;
  etag: string;
  status: string;
  updatedAt: number;
  [field: string]: unknown;
}

interface StoredCalendar {
  summary: string;
  events: Map<string, StoredEvent>;
}

interface Answer {
  status: number;
  body?: unknown;
}

export type FakeGoogle = Awaited<ReturnType<typeof startGoogle>>;

const fault = (status: number, reason: string): Answer => ({
  status,
  body: { error: { code: status, message: reason, errors: [{ reason, domain: 'global' }] } },
});
/** Times come without an offset beside their zone, and go with one. */
function withOffset(time: unknown) {
  const { dateTime, timeZone } = (time ?? {}) as { dateTime?: string; timeZone?: string };
  if (!dateTime || !timeZone || /(Z|[+-]\d\d:\d\d)$/.test(dateTime)) return time;
  const local = parseLocal(dateTime);
  const minutes = (local.getTime() - resolveLocal(local, timeZone).instant.getTime()) / minuteMs;
  const digits = [Math.abs(minutes) / 60, Math.abs(minutes) % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  );
  return { dateTime: `${dateTime}${minutes < 0 ? '-' : '+'}${digits.join(':')}`, timeZone };
}

const conditionFailed = fault(412, 'conditionNotMet');

/**
 * A server that speaks what we use of Google's protocols: OAuth 2.0 with PKCE and refresh tokens, and Calendar v3 with
 * pages, sync tokens that can expire, etags with If-Match, and removed events that are still told of.
 */
export async function startGoogle({ clientId, clientSecret }: { clientId: string; clientSecret: string }) {
  const calendars = new Map<string, StoredCalendar>();
  const refreshTokens = new Set<string>();
  const accessTokens = new Set<string>();
  const codes = new Map<string, { challenge: string; redirectUri: string }>();
  const requests: string[] = [];
  let [revision, epoch, pageSize] = [0, 0, 250];
  let failing: number | undefined;

  function token(form: URLSearchParams): Answer {
    const isClient = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    if (!isClient) return { status: 401, body: { error: 'invalid_client' } };
    const invalid = {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token has been revoked.' },
    };
    const access = () => {
      const access_token = `access-${randomUUID()}`;
      accessTokens.add(access_token);
      return { access_token, expires_in: 3_599, token_type: 'Bearer' };
    };
    if (form.get('grant_type') === 'refresh_token')
      return refreshTokens.has(form.get('refresh_token') ?? '') ? { status: 200, body: access() } : invalid;
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (asked?.challenge !== challenge || asked.redirectUri !== form.get('redirect_uri')) return invalid;
    const refresh_token = `refresh-${randomUUID()}`;
    refreshTokens.add(refresh_token);
    return { status: 200, body: { ...access(), refresh_token } };
  }

  const touch = (event: Partial<StoredEvent> & { id: string }): StoredEvent => {
    revision += 1;
    return { status: 'confirmed', ...event, etag: `"${revision}"`, updatedAt: revision };
  };
  const shown = ({ updatedAt: _own, start, end, ...event }: StoredEvent) => ({
    ...{ kind: 'calendar#event', ...event, start: withOffset(start), end: withOffset(end) },
  });

  function list({ events }: StoredCalendar, query: URLSearchParams): Answer {
    const syncToken = query.get('syncToken');
    const [, tokenEpoch, since = '0'] = /^s(\d+)-(\d+)$/.exec(syncToken ?? '') ?? [];
    if (syncToken !== null && Number(tokenEpoch) !== epoch) return fault(410, 'fullSyncRequired');
    const changed = [...events.values()].filter(
      ({ updatedAt, status }) => updatedAt > Number(since) && (syncToken !== null || status !== 'cancelled'),
    );
    const from = Number(query.get('pageToken') ?? 0);
    const items = changed.slice(from, from + pageSize).map(shown);
    const isLast = from + pageSize >= changed.length;
    const next = isLast
      ? { nextSyncToken: `s${epoch}-${revision}` }
      : { nextPageToken: String(from + pageSize) };
    return { status: 200, body: { kind: 'calendar#events', items, ...next } };
  }

  function write(
    calendar: StoredCalendar,
    method: string,
    id: string,
    body: Partial<StoredEvent>,
    match?: string,
  ): Answer {
    const known = calendar.events.get(id);
    if (!known) return fault(404, 'notFound');
    if (match !== undefined && match !== known.etag) return conditionFailed;
    if (method === 'DELETE') {
      if (known.status === 'cancelled') return fault(410, 'deleted');
      calendar.events.set(id, touch({ ...known, status: 'cancelled' }));
      return { status: 204 };
    }
    const event = touch(method === 'PATCH' ? { ...known, ...body } : { ...body, id });
    calendar.events.set(id, event);
    return { status: 200, body: shown(event) };
  }

  function api(
    method: string,
    url: URL,
    body: Partial<StoredEvent> & { summary?: string },
    match?: string,
  ): Answer {
    const [, , , , calendarId, collection, eventId] = url.pathname.split('/').map(decodeURIComponent);
    if (calendarId === undefined && method === 'POST') {
      const id = `${randomUUID()}@group.calendar.google.com`;
      calendars.set(id, { summary: body.summary ?? '', events: new Map() });
      return { status: 200, body: { id, summary: body.summary } };
    }
    const calendar = calendars.get(calendarId ?? '');
    if (!calendar || collection !== 'events') return fault(404, 'notFound');
    if (eventId === undefined)
      return method === 'GET' ? list(calendar, url.searchParams) : insert(calendar, body);
    if (method !== 'GET') return write(calendar, method, eventId, body, match);
    const event = calendar.events.get(eventId);
    return event ? { status: 200, body: shown(event) } : fault(404, 'notFound');
  }

  function insert({ events }: StoredCalendar, body: Partial<StoredEvent>): Answer {
    const id = body.id ?? randomUUID().replaceAll('-', '');
    if (!/^[a-v0-9]{5,1024}$/.test(id)) return fault(400, 'invalid');
    if (events.has(id)) return fault(409, 'duplicate');
    events.set(id, touch({ ...body, id }));
    return { status: 200, body: shown(events.get(id)!) };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url!, 'http://google');
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (url.pathname.startsWith('/oauth/')) {
      const form = new URLSearchParams(text || url.search);
      if (url.pathname === '/oauth/token') return token(form);
      refreshTokens.delete(form.get('token') ?? '');
      return { status: 200, body: {} };
    }
    requests.push(`${request.method} ${url.pathname.split('/').slice(5).join('/')}`);
    const [, bearer = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!accessTokens.has(bearer)) return fault(401, 'authError');
    if (failing !== undefined) return fault(failing, 'backendError');
    const body = text ? (JSON.parse(text) as Partial<StoredEvent>) : {};
    return api(request.method!, url, body, request.headers['if-match']);
  }

  const server = createServer((request, response: ServerResponse) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    settings: { clientId, clientSecret, apiUrl: url, oauthUrl: `${url}/oauth` },
    calendars,
    requests,
    refreshTokens,
    /** A person who lets us in: where Google sends them back to. */
    consent: (authorizationUrl: string): string => {
      const { searchParams } = new URL(authorizationUrl);
      const redirectUri = searchParams.get('redirect_uri')!;
      const code = randomUUID();
      codes.set(code, { challenge: searchParams.get('code_challenge')!, redirectUri });
      return `${redirectUri}?state=${searchParams.get('state')}&code=${code}`;
    },
    /** A person who changes an event in the calendar. */
    edit: (calendarId: string, id: string, change: Partial<StoredEvent>) => {
      const { events } = calendars.get(calendarId)!;
      events.set(id, touch({ ...events.get(id)!, ...change }));
    },
    /** No sync token of before is good any more, and what was removed is not told of. */
    expireSyncTokens: () => {
      epoch += 1;
      for (const { events } of calendars.values())
        for (const { id, status } of events.values()) if (status === 'cancelled') events.delete(id);
    },
    revokeAccess: () => {
      refreshTokens.clear();
      accessTokens.clear();
    },
    /** Every answer is this status; undefined ends it. */
    fail: (status: number | undefined) => void (failing = status),
    setPageSize: (size: number) => void (pageSize = size),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

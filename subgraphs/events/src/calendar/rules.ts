import { createHash, randomBytes } from 'node:crypto';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import { eventIds } from '../ids.js';

/** An event as a calendar shows it. */
export interface CalendarEntry {
  readonly eventId: string;
  /** The same for ever, in files, feeds and calendars. */
  readonly uid: string;
  /** Grows with each change of the event and of the person's place. */
  readonly sequence: number;
  readonly status: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';
  readonly title: string;
  readonly description: string;
  readonly location: string | null;
  readonly geo: { readonly lat: number; readonly lon: number } | null;
  readonly url: string | null;
  readonly zone: string;
  /** Wall-clock times, read as if they were UTC. */
  readonly startsAtLocal: Date;
  readonly endsAtLocal: Date;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

type Place = Pick<Registration, 'status' | 'confirmedAt' | 'cancelledAt' | 'decidedAt'>;

/**
 * The entry of an event, for one person (`place` is theirs) or for everybody. What was called off or left stays as a
 * tombstone: calendars that hold the entry strike it out. Of an event whose place was given back, it says the title only.
 */
export function entryOf(event: Event, place: Place | null = null, showsLink = false): CalendarEntry {
  const changedAt = new Date(
    Math.max(
      ...[event.updatedAt, event.cancelledAt, place?.confirmedAt, place?.cancelledAt, place?.decidedAt].map(
        (at) => (at ? at.getTime() : 0),
      ),
    ),
  );
  const isLeft = isLeftPlace(place);
  const isSure = place === null || place.status === 'CONFIRMED';
  const { latitude, longitude, timeZone: zone, startsAtLocal, endsAtLocal, createdAt } = event;
  const location = [event.venue, event.address, event.city].filter(Boolean).join(', ');
  return {
    eventId: event.id,
    uid: `${eventIds.encode(event.id)}@events.diaspora`,
    sequence: Math.max(0, Math.floor((changedAt.getTime() - createdAt.getTime()) / 1_000)) + event.version,
    status: isLeft || event.status === 'CANCELLED' ? 'CANCELLED' : isSure ? 'CONFIRMED' : 'TENTATIVE',
    title: event.title,
    description: isLeft ? '' : event.description,
    location: isLeft || location === '' ? null : location,
    geo: isLeft || latitude === null || longitude === null ? null : { lat: latitude, lon: longitude },
    url: showsLink && !isLeft ? event.onlineUrl : null,
    ...{ zone, startsAtLocal, endsAtLocal, createdAt, changedAt },
    ...{ startsAt: event.startsAt, endsAt: event.endsAt },
  };
}

/** Given back, or not granted. */
const isLeftPlace = (place: Pick<Registration, 'status'> | null): boolean =>
  place?.status === 'CANCELLED' || place?.status === 'DECLINED';

const compact = (local: Date): string => local.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');

/** Opens Google Calendar with the entry filled in; nothing is sent before a person follows it. */
export function googleUrlOf(entry: CalendarEntry): string {
  const url = new URL('https://calendar.google.com/calendar/render?action=TEMPLATE');
  url.searchParams.set('text', entry.title);
  url.searchParams.set('dates', `${compact(entry.startsAtLocal)}/${compact(entry.endsAtLocal)}`);
  url.searchParams.set('ctz', entry.zone);
  if (entry.location) url.searchParams.set('location', entry.location);
  // Addresses have their limits, descriptions hardly any.
  if (entry.description) url.searchParams.set('details', entry.description.slice(0, 500));
  return url.href;
}

/** 256 random bits: nobody guesses a feed. */
export const createFeedToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of the token. It is random, so that one round of a hash is enough. */
export const feedTokenHash = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token).digest());

export const isFeedToken = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** Reads of one feed an hour. Calendars ask some times a day, a few of them every five minutes. */
export const feedReadsPerHour = 60;

import type { Clock, Viewer } from '@diaspora/kit';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import type { Places } from '../places/index.js';
import { usualSettings, type Settings } from '../registration-form/index.js';
import type { Attempt } from './rules.js';

type Known = Pick<Registration, 'id' | 'status'>;

/** What stands between a person and an event. */
export interface Looked extends Attempt {
  readonly registration: Known | null;
  /** The viewer's turn on the waitlist while places are offered to them: they own the hold. */
  readonly offerId: string | null;
  /** Whether others wait, who come first. */
  readonly hasQueue: boolean;
}

type Nullable<Columns> = { [Field in keyof Columns]: Columns[Field] | null };
type Row = {
  isOnHold: boolean;
  isBlocked: boolean;
  needsTicket: boolean;
  isInvited: boolean;
  hasQueue: boolean;
  offerId: string | null;
} & Nullable<Known> &
  Nullable<Settings>;

/**
 * Reads all that the gates look at, in two statements: it is done under the lock of an event for which many wait.
 */
export const createLooking =
  ({ clock, places }: { readonly clock: Clock; readonly places: Places }) =>
  async (tx: Transaction, viewer: Viewer, event: Event, wanted: number): Promise<Looked> => {
    const [row] = await tx.$queryRaw<Row[]>`
      SELECT r.id, r.status::text AS status,
        EXISTS (SELECT 1 FROM suspensions WHERE person_id = ${event.organizerId}::uuid AND is_active
          AND (ends_at IS NULL OR ends_at > ${clock.now()})) AS "isOnHold",
        EXISTS (SELECT 1 FROM blocks
          WHERE blocker_id = ${event.organizerId}::uuid AND blocked_id = ${viewer.id}::uuid AND is_active) AS "isBlocked",
        (SELECT w.id FROM waitlist_entries w WHERE w.event_id = e.id AND w.user_id = e.person
          AND w.status = 'OFFERED' AND w.offer_expires_at > ${clock.now()}) AS "offerId",
        EXISTS (SELECT 1 FROM waitlist_entries w
          WHERE w.event_id = e.id AND w.user_id <> e.person AND w.status = 'WAITING') AS "hasQueue",
        EXISTS (SELECT 1 FROM ticket_types WHERE event_id = e.id) AS "needsTicket",
        EXISTS (SELECT 1 FROM event_invitations i WHERE i.event_id = e.id AND i.user_id = e.person
          AND i.status = 'PENDING' AND i.expires_at > ${clock.now()}) AS "isInvited",
        s.opens_at AS "opensAt", s.closes_at AS "closesAt", s.requires_approval AS "requiresApproval",
        s.max_guests AS "maxGuests", s.required_entitlement AS "requiredEntitlement", s.waitlist::text AS waitlist,
        s.offer_minutes AS "offerMinutes", s.version
      FROM (SELECT ${event.id}::uuid AS id, ${viewer.id}::uuid AS person) AS e
      LEFT JOIN registrations r ON r.event_id = e.id AND r.user_id = e.person
      LEFT JOIN registration_settings s ON s.event_id = e.id`;
    const { id, status, isOnHold, isBlocked, needsTicket, isInvited, offerId, hasQueue, ...settings } = row!;
    const free = await places.freePlaces(tx, event.id, { except: offerId });
    return {
      ...{ viewer, event, isOnHold, isBlocked, free, places: wanted, now: clock.now() },
      registration: id && status ? { id, status } : null,
      settings: settings.version === null ? usualSettings : (settings as Settings),
      ...{ offerId, hasQueue },
      ...{ isInvited, needsTicket },
    };
  };

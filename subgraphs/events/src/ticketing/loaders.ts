import {
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  type Clock,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { EventSeat, TicketType } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import { firstIds, type Db } from '../database.js';
import { servesTickets } from './rules.js';

export interface TicketingLoaders {
  /** Types of tickets by key; null also for those of events that the viewer may not see. */
  readonly ticketType: Loader<string, TicketType | null>;
  /** The types of an event, in the order in which they were made. Whoever sees the event sees them. */
  readonly ticketTypesOfEvent: Loader<string, TicketType[]>;
  /** How many of a type are being bought now; null when none are. */
  readonly heldOfType: Loader<string, { readonly held: number } | null>;
  /** The first or last seats of an event. */
  readonly firstSeatsOfEvent: (page: FirstPage) => Loader<string, SeatModel[]>;
}

/** A seat, with its valid ticket where it has one. */
export type SeatModel = EventSeat & { readonly tickets: readonly { readonly id: string }[] };
export const withTicket = { tickets: { where: { status: 'VALID' }, select: { id: true } } } as const;

export const createTicketingLoaders = (db: Db, clock: Clock, viewer: Viewer | null): TicketingLoaders => ({
  ticketType: createRowLoader(
    (ids) =>
      db.ticketType.findMany({
        where: {
          id: { in: [...ids] },
          ...(servesTickets(viewer) ? {} : { event: visibleTo(viewer, clock.now()) }),
        },
      }),
    ({ id }) => id,
  ),
  ticketTypesOfEvent: createGroupLoader(
    (eventIds) =>
      db.ticketType.findMany({ where: { eventId: { in: [...eventIds] } }, orderBy: { id: 'asc' } }),
    ({ eventId }) => eventId,
  ),
  heldOfType: createRowLoader(
    (ids) => db.$queryRaw<{ id: string; held: number }[]>`
      SELECT line.ticket_type_id AS id, sum(line.quantity)::int AS held
      FROM purchases purchase JOIN purchase_lines line ON line.purchase_id = purchase.id
      WHERE line.ticket_type_id = ANY(${[...ids]}::uuid[])
        AND purchase.status = 'PENDING' AND purchase.expires_at > ${clock.now()}
      GROUP BY line.ticket_type_id`,
    ({ id }) => id,
  ),
  firstSeatsOfEvent: createFirstPageLoaders(
    async (parents, page) => {
      const ids = await firstIds(db, { table: 'event_seats', parent: 'eventId' }, parents, page);
      return db.eventSeat.findMany({
        where: { id: { in: ids } },
        orderBy: page.orderBy,
        include: withTicket,
      });
    },
    ({ eventId }) => eventId,
  ),
});

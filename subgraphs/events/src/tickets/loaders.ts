import {
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Prisma, PurchaseLine, Ticket, TicketTransfer } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';
import { isSuperUser, servesTickets } from '../ticketing/index.js';

export interface TicketsLoaders {
  /** Tickets by key; null also for those the viewer may not see. */
  readonly ticket: Loader<string, Ticket | null>;
  /** All tickets of a purchase, up to a few hundred. For whoever sees the purchase. */
  readonly ticketsOfPurchase: Loader<string, Ticket[]>;
  /** What a ticket was bought as. */
  readonly lineOfTicket: Loader<string, PurchaseLine | null>;
  readonly seatLabel: Loader<string, { readonly id: string; readonly label: string } | null>;
  /** The open offer of a ticket to somebody else. */
  readonly openTransfer: Loader<string, TicketTransfer | null>;
  /** First pages, for whoever permissions.ts lets see them. */
  readonly firstTicketsOfHolder: (page: FirstPage) => Loader<string, Ticket[]>;
  readonly firstTicketsOfEvent: (page: FirstPage) => Loader<string, Ticket[]>;
}

export const createTicketsLoaders = (db: Db, viewer: Viewer | null): TicketsLoaders => ({
  ticket: createRowLoader(
    async (ids) =>
      viewer ? db.ticket.findMany({ where: { AND: [{ id: { in: [...ids] } }, visibleTo(viewer)] } }) : [],
    ({ id }) => id,
  ),
  ticketsOfPurchase: createGroupLoader(
    (ids) => db.ticket.findMany({ where: { purchaseId: { in: [...ids] } }, orderBy: { id: 'asc' } }),
    ({ purchaseId }) => purchaseId,
  ),
  lineOfTicket: createRowLoader(
    (ids) => db.purchaseLine.findMany({ where: { id: { in: [...ids] } } }),
    ({ id }) => id,
  ),
  seatLabel: createRowLoader(
    (ids) => db.eventSeat.findMany({ where: { id: { in: [...ids] } }, select: { id: true, label: true } }),
    ({ id }) => id,
  ),
  openTransfer: createRowLoader(
    (ids) => db.ticketTransfer.findMany({ where: { ticketId: { in: [...ids] }, status: 'OFFERED' } }),
    ({ ticketId }) => ticketId,
  ),
  firstTicketsOfHolder: firstPages(db, 'holderId'),
  firstTicketsOfEvent: firstPages(db, 'eventId'),
});

const firstPages = (db: Db, parent: 'holderId' | 'eventId') =>
  createFirstPageLoaders(
    firstRows(db, { table: 'tickets', parent }, (rows) => db.ticket.findMany(rows)),
    (ticket: Ticket) => ticket[parent],
  );

/** Tickets are seen by their holder, by who bought them, by the organizer, and by those they are offered to. */
const visibleTo = (viewer: Viewer): Prisma.TicketWhereInput =>
  isSuperUser(viewer) || servesTickets(viewer)
    ? {}
    : {
        OR: [
          { holderId: viewer.id },
          { purchase: { buyerId: viewer.id } },
          { event: { organizerId: viewer.id } },
          { transfers: { some: { toId: viewer.id, status: 'OFFERED' } } },
        ],
      };

import { authenticated, carriers, permission, personOr, type PermissionMap } from '@diaspora/kit';
import type { EventModel } from '../models.js';
import { servesTickets } from '../ticketing/index.js';
import { selfOrService, selfOrSuperUser } from '../viewers.js';
import { mayEndTickets } from './rules.js';

const seller = permission<EventModel>(
  'seller',
  ({ parent, context: { viewer } }) =>
    viewer !== null && (mayEndTickets(viewer, parent) || servesTickets(viewer)),
);

/** Which tickets a viewer reaches by id is decided by loaders.ts, inside the query. */
export const permissions: PermissionMap = {
  Query: { ticket: personOr('tickets:read') },
  Mutation: {
    transferTicket: authenticated,
    acceptTicketTransfer: authenticated,
    declineTicketTransfer: authenticated,
    withdrawTicketTransfer: authenticated,
  },
  User: { tickets: selfOrService, ticketTransfers: selfOrSuperUser },
  Event: { tickets: seller },
  ...carriers('Ticket', 'TicketConnection', 'TicketEdge'),
  ...carriers('TicketTransfer', 'TicketTransferConnection', 'TicketTransferEdge'),
  ...carriers('TransferTicketPayload', 'AcceptTicketTransferPayload', 'DeclineTicketTransferPayload'),
  ...carriers('WithdrawTicketTransferPayload'),
};

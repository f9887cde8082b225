import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Who sells what is decided by the service, which reads the event; who sees it by the loaders. */
export const permissions: PermissionMap = {
  Mutation: {
    createTicketType: authenticated,
    updateTicketType: authenticated,
    deleteTicketType: authenticated,
    changeEventSeats: authenticated,
  },
  Event: { ticketTypes: anyone, seats: anyone },
  ...carriers('TicketType', 'RefundPolicy', 'EventSeat', 'EventSeatConnection', 'EventSeatEdge'),
  ...carriers(
    'CreateTicketTypePayload',
    'UpdateTicketTypePayload',
    'DeleteTicketTypePayload',
    'ChangeEventSeatsPayload',
  ),
};

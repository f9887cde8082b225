import { anyone, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import type { EventInsightsModel, EventModel } from '../models.js';
import { mayEndTickets } from '../tickets/index.js';

const host = permission<EventModel>('readsInsights', ({ parent, context }) =>
  maySteer(context.viewer, parent),
);

/** It is about money: not for co-hosts. */
const seller = permission<EventInsightsModel>(
  'readsSales',
  ({ parent, context: { viewer } }) => viewer !== null && mayEndTickets(viewer, parent.event),
);

const open = [
  ...['confirmedCount', 'guestCount', 'pendingCount', 'interestedCount', 'cancelledCount', 'checkedInCount'],
  ...['checkInRate', 'noShowCount', 'registrationDays', 'ratings'],
];

/** For the organizer and co-hosts. */
export const permissions: PermissionMap = {
  Event: { insights: host },
  EventInsights: { ...Object.fromEntries(open.map((field) => [field, anyone])), ticketSales: seller },
  ...carriers('RegistrationDay', 'TicketSales', 'TicketSalesPart'),
};

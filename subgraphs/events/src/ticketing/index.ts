import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { callOf } from './calls.js';
export { createSaleCopies, type SaleCopy } from './copying.js';
export { heldQuantity } from './held.js';
export { createTicketingLoaders, type SeatModel, type TicketingLoaders } from './loaders.js';
export {
  assertWindow,
  changedTerms,
  isInWindow,
  isSeatFree,
  isSeller,
  isSuperUser,
  maySell,
  minorAmount,
  moneyInput,
  mostLeftTold,
  mostTicketsAtOnce,
  newTerms,
  seesSales,
  servesTickets,
  termColumns,
  type SaleTerms,
} from './rules.js';
export { readSeats, type SeatRow } from './seats.js';
export { createSale, createTicketing, given, type Ticketing, type TicketingDependencies } from './service.js';

export const ticketingSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

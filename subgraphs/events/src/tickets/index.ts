import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { ticketSource } from './admission.js';
export { createIssuing, type EndingTicket, type Issuing, type NewTicket } from './issuing.js';
export { createTicketsLoaders, type TicketsLoaders } from './loaders.js';
export { mayEndTickets, refundForBuyer, wholePriceOf } from './rules.js';
export { createTickets, type Tickets } from './service.js';

export const ticketsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

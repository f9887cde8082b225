export { assertFewDeclines } from './declines.js';
export { createCustomers, type Customers } from './customers.js';
export type { Charge } from './beginning.js';
export { chargeJobs } from './jobs.js';
export { createCharges, type Charges } from './service.js';
export type {
  MoneyMovement,
  MovementDocument,
  MovementListener,
  Outcome,
  PaidFor,
  Purpose,
  Purposes,
} from './purpose.js';
export type { RefundWish } from './refunds.js';
import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createChargeLoaders, type ChargeLoaders } from './loaders.js';

export const chargesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

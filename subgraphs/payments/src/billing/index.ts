import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { customerHandlers } from './customers.js';
export { createBillingLoaders, type BillingLoaders } from './loaders.js';
export { invoiceLanguages, type InvoiceLanguage } from './rules.js';
export { createBilling, type Billing, type Recipient } from './service.js';

export const billingSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

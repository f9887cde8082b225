import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createDocuments, type Documents } from './documents.js';
export { createDelivery } from './delivery.js';
export { createInvoiceDesk, type InvoiceDesk } from './desk.js';
export type { NewInvoice } from './drafting.js';
export { createInvoiceLists, type InvoiceLists } from './listing.js';
export { createInvoiceLoaders, type InvoiceLoaders } from './loaders.js';
export { createInvoiceMovements } from './movements.js';
export { createRetention, type Retention } from './retention.js';
export { createInvoiceSettings, introduceIssuer, type InvoiceSettings } from './settings.js';
export { createInvoicing, type Invoicing, type NewCredit } from './service.js';

export const invoicesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createReceiptLoaders, type ReceiptLoaders } from './loaders.js';
export { createReceipts, type Receipts } from './service.js';
export { createSettings, type Settings } from './settings.js';

export const receiptsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

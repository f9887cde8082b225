import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createBooks, type Books } from './books.js';
export { createBookkeeping, type Bookkeeping } from './bookkeeping.js';
export { createLedgerLoaders, type LedgerLoaders } from './loaders.js';
export { entries, returnedShares, type AccountType, type Entry, type Shares } from './rules.js';
export { createLedger, type Ledger } from './service.js';

export const ledgerSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

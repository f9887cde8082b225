import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCreditAccounts } from './account.js';
export { createCreditGranting, type CreditGranting } from './granting.js';
export { createCreditLoaders, type CreditLoaders, type EntryWithCause } from './loaders.js';
export { createCredits, type Credits } from './service.js';

export const creditsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createAccounts, type Accounts } from './service.js';
export { emailKeyOf, passwordKeyOf } from './rules.js';

export const accountsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

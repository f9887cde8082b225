import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export const followsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

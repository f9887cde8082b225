import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export type { NodeReference } from './rules.js';

export const nodesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

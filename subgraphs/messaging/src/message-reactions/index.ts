import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createReactionLoaders, type ReactionLoaders } from './loaders.js';
export { createReactions, type Reactions } from './service.js';

export const messageReactionsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};

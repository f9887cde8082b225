import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createDraftLoaders, type DraftLoaders } from './loaders.js';
export { createDrafts, type Drafts } from './service.js';

export const draftsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

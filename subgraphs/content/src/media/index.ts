import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createMediaLoaders, type MediaLoaders } from './loaders.js';
export { contentKey, type SizeLimits } from './rules.js';
export { createUploads, type Uploads } from './service.js';

export const mediaSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

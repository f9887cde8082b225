import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createPostLoaders, type PostLoaders } from './loaders.js';
export { newestFirst } from './resolvers.js';
export { foldHashtag } from './rules.js';
export { createPosts, followOrigin, type Posts } from './service.js';
export { lockPost, visiblePosts } from './visibility.js';

export const postsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

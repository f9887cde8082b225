import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCommentLoaders, type CommentLoaders } from './loaders.js';
export { createComments, type Comments } from './service.js';

export const commentsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

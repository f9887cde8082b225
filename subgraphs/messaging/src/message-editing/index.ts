import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createEditLoaders, type EditLoaders } from './loaders.js';
export { createEditing, type Editing } from './service.js';

export const messageEditingSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

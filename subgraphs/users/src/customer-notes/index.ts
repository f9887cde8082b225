import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerNoteLoaders } from './loaders.js';
export { createCustomerNotes } from './service.js';

export const customerNotesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

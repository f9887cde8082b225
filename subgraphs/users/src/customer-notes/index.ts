import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCustomerNoteLoaders, type CustomerNoteLoaders } from './loaders.js';
export { createCustomerNotes, type CustomerNotes } from './service.js';

export const customerNotesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

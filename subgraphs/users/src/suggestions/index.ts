import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createSuggestions } from './service.js';
export type { Suggestion } from './statement.js';

export const suggestionsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

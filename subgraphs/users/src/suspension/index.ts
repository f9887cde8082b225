import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createSuspensionLetters } from './letters.js';
export { createSuspensions } from './service.js';

export const suspensionSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createFactorResetEnds } from './ends.js';
export { createFactorResetLetters } from './letters.js';
export { assertMailMaySetPassword } from './rules.js';
export { createFactorResets } from './service.js';

export const factorResetsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

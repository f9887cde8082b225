import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createAccessTokens } from './access-tokens.js';
export { createSessions, type Sessions } from './service.js';
export { clockMarginSeconds } from './rules.js';
export { createSigningKeys, type SigningKeys } from './signing-keys.js';
export { createLoginThrottle } from './throttle.js';

export const sessionsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

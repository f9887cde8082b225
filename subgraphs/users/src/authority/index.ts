import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { actionPattern, builtInActions, type BuiltInAction } from './actions.js';
export { readHoldings, readHoldingsOf, readPlaces } from './holdings.js';
export { createAuthorityLoaders, permissionKey } from './loaders.js';
export { mayThere } from './may-there.js';
export { may, mayGrant, mayThroughout, outranks } from './rules.js';
export type { Decision, HeldGrant, Holdings, Reach } from './rules.js';
export { assertActorMay, beginChange, createAuthority } from './service.js';
export type { Actor, Authority, Explanation } from './service.js';

export const authoritySlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

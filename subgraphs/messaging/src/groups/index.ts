import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createDeparture } from './departing.js';
export { assertAdmin, assertRoom, isAdmin, pictureOf } from './rules.js';
export { createGroups, type Groups } from './service.js';

export const groupsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

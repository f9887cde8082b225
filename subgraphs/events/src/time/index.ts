import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { instantFromStart, secondsFromStart } from './relative.js';
export { formatLocal, localAt, parseLocal, resolveLocal, type ZonedTime } from './rules.js';

export const timeSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { announcePresence, presenceHandlers } from './announcing.js';
export { createOnline, type Online } from './online.js';
export { createSeeing, type Seeing } from './seeing.js';
export { createTyping, type Typing } from './typing.js';

export const presenceSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

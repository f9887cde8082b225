import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createAllowance, type Allowance } from './allowance.js';
export { createAppend, touchSides, type Append } from './append.js';
export { enter, enterFor, lockSeen } from './entering.js';
export { createMessageLoaders, type MessageLoaders } from './loaders.js';
export { createMessages, type Messages } from './service.js';
export { clientMessageKey, type SystemLine } from './rules.js';

export const messagesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

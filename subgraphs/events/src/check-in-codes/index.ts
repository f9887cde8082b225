import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createCodes, type Admittance, type Codes } from './codes.js';
export { createCheckInKeys } from './keys.js';
export { mountCheckInKeys } from './route.js';

export const checkInCodesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

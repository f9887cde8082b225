import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createWaitlistLoaders, type WaitlistLoaders } from './loaders.js';
export { createOffers, type Offers } from './offers.js';
export { createWaitlist, type Waitlist } from './service.js';

export const waitlistSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

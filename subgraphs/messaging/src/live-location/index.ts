import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { endDirectLiveLocations, endLiveLocations, takeAway } from './ending.js';
export { createLiveLocationEvents, type LiveLocationEvents } from './following.js';
export { createLiveLocationLoaders, type LiveLocationLoaders } from './seeing.js';
export { createLiveLocations, type LiveLocations } from './service.js';

export const liveLocationSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

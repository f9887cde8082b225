import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createDeviceHandlers } from './handlers.js';
export type { WebPushSubscription } from './rules.js';
export { createDevices, type Devices } from './service.js';

export const devicesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

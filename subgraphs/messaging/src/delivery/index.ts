import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createDeliveryLoaders, type DeliveryLoaders } from './loaders.js';
export type { DeliveryLog, LoggedDelivery } from './log.js';
export { composeDelivery } from './parts.js';
export type { PushSettings } from './push-settings.js';

export const deliverySlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { federationConfigShape, federationFaults, type ProviderSettings } from './config.js';
export { createPending } from './pending.js';
export { createIdentityProviders, type IdentityProviders } from './providers.js';
export { createFederation, type Arrival } from './service.js';

export const federationSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

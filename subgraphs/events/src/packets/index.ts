import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createPacketsLoaders, type PacketsLoaders } from './loaders.js';
export { isPacketOnSale } from './rules.js';
export { createPackets, type Packets } from './service.js';
export { packetsFor } from './visibility.js';

export const packetsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

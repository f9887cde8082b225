import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createVouchersLoaders, type VouchersLoaders } from './loaders.js';
export { discountOf, isGoodFor } from './rules.js';
export { createVouchers, type Vouchers } from './service.js';

export const vouchersSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

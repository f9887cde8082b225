import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createBasket, type Basket, type MayWait } from './basket.js';
export { createSalesErasure, type SalesErasure } from './erasing.js';
export { createOrderHandlers } from './handlers.js';
export { createPurchasesLoaders, type PurchasesLoaders } from './loaders.js';
export { createRefunds, type Refunds } from './refunds.js';
export { createSaga, type AfterStep, type Saga } from './saga.js';
export { createPurchases, type Purchases } from './service.js';
export { createUpkeep } from './upkeep.js';

export const purchasesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

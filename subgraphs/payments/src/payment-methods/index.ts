import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createPaymentMethodLoaders, type PaymentMethodLoaders } from './loaders.js';
export type { Choice, ChosenMethod, Method } from './choosing.js';
export { createPaymentMethods, type PaymentMethods } from './service.js';

export const paymentMethodsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

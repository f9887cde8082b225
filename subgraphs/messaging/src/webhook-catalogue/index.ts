import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { catalogue, offerOf } from './catalogue.js';
export { notOffered } from './not-offered.js';
export type { Offer } from './offers.js';
export { dataFieldsOf, type DataField } from './rules.js';

export const webhookCatalogueSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};

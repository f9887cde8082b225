import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export type { EventColumns } from './columns.js';
export { createCatalogLoaders, type CatalogLoaders } from './loaders.js';
export { cityKeyOf, isOwnedBy, longestEventMs, maySteer, searchTextOf, statusOf } from './rules.js';
export { agendaDetails, entriesOf, longestProgram, type AgendaEntry } from './program.js';
export {
  descriptionOfEvent,
  mostTranslations,
  titleOfEvent,
  translation,
  translationsOf,
  type EventTranslation,
} from './translations.js';
export { currentRows } from './conditions.js';
export { readEvents } from './discovery.js';
export { beyondCursor, orderSql, type OrderColumn } from './keyset.js';
export { eventOrders } from './orders.js';
export { createPopularity } from './popularity.js';
export { createCatalog, type Catalog } from './service.js';
export { announcedRows, announcedTo, listedRows, visibleTo } from './visibility.js';

export const catalogSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { heldAt } from './conditions.js';
export { createOfficeLoaders } from './loaders.js';
export { assertMayAppoint, assertMayDecide, cityKeyOf, mayAppoint, termOf } from './rules.js';
export { createOffices, type Offices } from './service.js';
export { standingOf, superiorsOf } from './standing.js';
export { officeState } from './state.js';
export { placeOf } from './terms.js';

export const officesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

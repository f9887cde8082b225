import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createSeriesLoaders, type SeriesLoaders } from './loaders.js';
export { createMaterialising, type Materialising } from './materialising.js';
export { createSetup } from './setup.js';
export { createSeries, type Series } from './service.js';

export const seriesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

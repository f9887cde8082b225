import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export {
  createInsightLoaders,
  type Attendance,
  type InsightLoaders,
  type RegistrationDay,
  type SoldTickets,
} from './loaders.js';

export const insightsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

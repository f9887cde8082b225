import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export type { ProviderSettings } from './credentials.js';
export { keepWithinPlan } from './marking.js';
export { createCalendarParts, readCalendarSettings } from './parts.js';
export type { CalendarSync } from './service.js';

export const calendarSyncSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

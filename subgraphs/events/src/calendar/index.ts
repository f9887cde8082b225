import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { icsOf } from './ics.js';
export { calendarRoutes } from './routes.js';
export { entryOf, type CalendarEntry } from './rules.js';
export { createCalendar, type Calendar } from './service.js';

export const calendarSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

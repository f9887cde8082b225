import type { BaseContext } from '@diaspora/kit';
import type { AttendanceLoaders, AttendanceServices } from './attendance-parts.js';
import type { Calendar } from './calendar/index.js';
import type { CalendarSync } from './calendar-sync/index.js';
import type { Catalog, CatalogLoaders } from './catalog/index.js';
import type { CoHostLoaders, CoHosts } from './co-hosts/index.js';
import type { InsightLoaders } from './insights/index.js';
import type { Organizing } from './organizing/index.js';
import type { EventMetrics } from './event-metrics/index.js';
import type { Recommendations } from './recommendations/index.js';
import type { Series, SeriesLoaders } from './series/index.js';
import type { PlacesLoaders } from './places/index.js';
import type { SalesLoaders, SalesServices } from './sales-parts.js';
import type { RatingLoaders, Ratings } from './ratings/index.js';

export interface Services extends AttendanceServices, SalesServices {
  readonly calendar: Calendar;
  readonly calendarSync: CalendarSync;
  readonly catalog: Catalog;
  readonly coHosts: CoHosts;
  readonly eventMetrics: EventMetrics;
  readonly organizing: Organizing;
  readonly recommendations: Recommendations;
  readonly series: Series;
  readonly ratings: Ratings;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: CatalogLoaders &
    CoHostLoaders &
    SeriesLoaders &
    PlacesLoaders &
    RatingLoaders &
    InsightLoaders &
    AttendanceLoaders &
    SalesLoaders;
}

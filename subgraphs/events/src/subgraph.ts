import {
  addJob,
  createAudit,
  createMailer,
  createOutbox,
  createPersonalData,
  createPrivateStore,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Clock,
  type Logger,
  type Mailer,
  type PrivateStore,
  type RunningSubgraph,
} from '@diaspora/kit';
import { limitAddresses } from './address-limit.js';
import { composeAttendance } from './attendance-parts.js';
import { blockHandlers } from './blocks.js';
import { createCounting, createEventMetrics, eventMetricsSlice } from './event-metrics/index.js';
import { followHandlers } from './follows.js';
import { friendshipHandlers } from './friendships.js';
import { calendarRoutes, calendarSlice, createCalendar } from './calendar/index.js';
import { catalogSlice, createCatalog, createCatalogLoaders, createPopularity } from './catalog/index.js';
import { coHostsSlice, createCoHostLoaders, createCoHosts, createHosting } from './co-hosts/index.js';
import {
  calendarSyncSlice,
  createCalendarParts,
  keepWithinPlan,
  readCalendarSettings,
  type ProviderSettings,
} from './calendar-sync/index.js';
import type { EventsConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import {
  callOffEventsOf,
  countEvents,
  countPopularity,
  crontab,
  materialiseSeries,
  tellCompletedEvents,
} from './jobs.js';
import { userIds } from './ids.js';
import { messages } from './messages.js';
import {
  createCompletion,
  createOrganizing,
  createOrphans,
  createSteps,
  organizingSlice,
} from './organizing/index.js';
import { createEventsPersonalData } from './personal-data/index.js';
import { createPlaces, createPlacesLoaders, type LockRows } from './places/index.js';
import { createRecommendations, recommendationsSlice } from './recommendations/index.js';
import {
  createMaterialising,
  createSeries,
  createSeriesLoaders,
  createSetup,
  seriesSlice,
} from './series/index.js';
import { createStandingHandlers } from './standing/index.js';
import type { AfterStep } from './purchases/index.js';
import { createSuspensionHandlers } from './suspensions.js';
import { composeSales } from './sales-parts.js';
import { ticketSource } from './tickets/index.js';
import { createInsightLoaders, insightsSlice } from './insights/index.js';
import { createRatingLoaders, createRatings, ratingsSlice } from './ratings/index.js';
import { timeSlice } from './time/index.js';

export interface EventsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly privateStore: PrivateStore;
  readonly mailer: Mailer;
  readonly config: Pick<
    EventsConfig,
    'PUBLIC_URL' | 'SEALING_SECRET' | 'ADDRESS_REQUESTS_PER_MINUTE' | 'TRUSTED_PROXIES'
  >;
  readonly calendars: ProviderSettings;
  /** Only tests give one: to show what happens without locks. */
  readonly lockRows?: LockRows;
  /** Only tests give one: to kill the process between the steps of a purchase. */
  readonly afterStep?: AfterStep;
}

/** The composition root: dependencies in, subgraph out. */
export function createEventsSubgraph(dependencies: EventsDependencies) {
  const { db, clock, privateStore, mailer, config, calendars, lockRows, afterStep } = dependencies;
  const outbox = createOutbox(messages, { clock });
  const audit = createAudit({ source: 'events', clock });
  const places = createPlaces({ clock, outbox, ...(lockRows && { lockRows }) });
  const completion = createCompletion({ db, clock, outbox });
  const attendance = composeAttendance({
    ...{ db, clock, outbox, audit, places, mailer, config },
    sources: [ticketSource],
    onLateScans: completion.tellAgain,
  });
  const steps = createSteps({ clock, outbox, audit, places });
  const orphans = createOrphans({ db, clock, outbox, audit });
  const hosting = createHosting({ clock, outbox, audit });
  const setup = createSetup({ clock, places, hosting });
  const materialising = createMaterialising({ db, clock, outbox, setup });
  const sales = composeSales({
    ...{ db, clock, outbox, audit, places, admission: attendance.admission },
    queue: attendance.queue,
    mayWait: attendance.services.waitlist.mayJoin,
    ...(afterStep && { afterStep }),
  });
  const calendar = createCalendar({ db, clock, publicUrl: config.PUBLIC_URL });
  const { participation } = attendance.services;
  const sync = createCalendarParts({ db, clock, outbox, calendar, participation, calendars });
  const services = {
    ...attendance.services,
    ...sales.services,
    calendar,
    calendarSync: sync.service,
    ratings: createRatings({ db, clock, outbox }),
    catalog: createCatalog({ db, clock }),
    coHosts: createCoHosts({ db, clock, outbox, hosting }),
    organizing: createOrganizing({ db, clock, steps }),
    eventMetrics: createEventMetrics({ db }),
    recommendations: createRecommendations({ db, clock }),
    series: createSeries({ db, clock, steps, materialising, setup }),
  };

  const personalData = createPersonalData({
    source: 'events',
    requestedBy: 'users',
    personIds: userIds,
    clock,
    db,
    store: privateStore,
    personalData: createEventsPersonalData({
      db,
      clock,
      outbox,
      orphans,
      places,
      transitions: attendance.transitions,
      sales: sales.erasure,
    }),
  });

  return defineSubgraph<Context>({
    name: 'events',
    slices: [
      ...[
        timeSlice,
        catalogSlice,
        organizingSlice,
        coHostsSlice,
        seriesSlice,
        recommendationsSlice,
        eventMetricsSlice,
      ],
      ...[calendarSlice, calendarSyncSlice, ratingsSlice, insightsSlice],
      ...[...attendance.slices, ...sales.slices],
    ],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createCatalogLoaders(db, clock, base.viewer),
        ...createCoHostLoaders(db, clock, base.viewer),
        ...createSeriesLoaders(db, clock, base.viewer),
        ...createPlacesLoaders(db, clock),
        ...createRatingLoaders(db, clock, base.viewer),
        ...createInsightLoaders(db, clock),
        ...attendance.createLoaders(base.viewer),
        ...sales.createLoaders(base.viewer),
      },
    }),
    handlers: [
      ...blockHandlers,
      ...followHandlers,
      ...friendshipHandlers,
      ...createSuspensionHandlers({
        onChange: materialising.lookAgain,
        onLifted: async (tx, personId) => {
          await attendance.queue.goOn(tx, personId);
          await sync.markPerson(tx, personId);
        },
        onTerminated: (tx, organizerId) => addJob(tx, callOffEventsOf, { organizerId }),
      }),
      ...createStandingHandlers({ onStanding: materialising.lookAgain, onPlan: keepWithinPlan }),
      ...attendance.handlers,
      ...sales.handlers,
      ...sync.handlers,
      ...personalData.handlers,
    ],
    jobs: {
      ...onJob(callOffEventsOf, ({ organizerId }) => orphans.callOffAllOf(organizerId)),
      ...onJob(tellCompletedEvents, completion.tellCompleted),
      ...attendance.jobs,
      ...onJob(countEvents, createCounting({ db, clock })),
      ...onJob(countPopularity, createPopularity({ db, clock })),
      ...onJob(materialiseSeries, materialising.materialiseDue),
      ...sales.jobs,
      ...sync.jobs,
      ...personalData.jobs,
    },
    crontab,
    routes: (app) => {
      app.use(
        ['/calendar', '/check-in/keys'],
        limitAddresses(config.ADDRESS_REQUESTS_PER_MINUTE, config.TRUSTED_PROXIES),
      );
      calendarRoutes(services)(app);
      attendance.routes(app);
    },
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export const startEvents = (options: {
  config: EventsConfig;
  log: Logger;
  clock?: Clock;
  afterStep?: AfterStep;
}): Promise<RunningSubgraph> =>
  startSubgraph({
    ...options,
    name: 'events',
    connect: connectDatabase,
    create: async ({ db, clock, onStop }) => {
      const { config, afterStep } = options;
      const privateStore = await createPrivateStore(config);
      onStop(() => privateStore.stop());
      const calendars = readCalendarSettings(config);
      const mailer = await createMailer(config);
      return createEventsSubgraph({
        ...{ db, clock, privateStore, mailer, config, calendars },
        ...(afterStep && { afterStep }),
      });
    },
  });

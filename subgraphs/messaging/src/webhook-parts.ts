import {
  createLongJobs,
  createSealer,
  onJob,
  type Audit,
  type Clock,
  type Outbox,
  type Viewer,
} from '@diaspora/kit';
import type { Registry } from 'prom-client';
import type { MessagingConfig } from './config.js';
import type { Db } from './database.js';
import type { MessagingMessages } from './messages.js';
import type { Telling } from './notifications/index.js';
import { superUserHandlers } from './super-users.js';
import type { Targets } from './targets.js';
import { webhookCatalogueSlice } from './webhook-catalogue/index.js';
import {
  createFanOut,
  createSending,
  createSettling,
  createWebhookDeliveryLoaders,
  createWebhookLog,
  createWebhookMetrics,
  forgetWebhookEvents,
  sendToWebhook,
  webhookDeliveriesSlice,
} from './webhook-deliveries/index.js';
import { createWebhookReplays, webhookReplaysSlice } from './webhook-replays/index.js';
import {
  createDisabling,
  createSecrets,
  createWebhookLoaders,
  createWebhooks,
  webhooksSlice,
} from './webhooks/index.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox<MessagingMessages>;
  readonly registry: Registry;
  readonly targets: Targets;
  readonly telling: Pick<Telling, 'tellAll'>;
  readonly config: Pick<MessagingConfig, 'SEALING_SECRET'>;
}

/** What partners are told of, and how it reaches them (ADR 43). */
export function composeWebhooks(dependencies: Dependencies) {
  const { db, clock, audit, outbox, registry, targets, telling, config } = dependencies;
  const sealerFor = (purpose: string) => createSealer(config.SEALING_SECRET, purpose);
  const secrets = createSecrets({ clock, sealer: sealerFor('webhook secrets') });
  const webhooks = createWebhooks({
    ...{ db, clock, audit, targets, secrets },
    sealer: sealerFor('webhook addresses'),
  });
  const fanOut = createFanOut({ clock });
  const settling = createSettling({
    ...{ clock, metrics: createWebhookMetrics(registry), random: Math.random },
    disabling: createDisabling({ clock, audit, outbox, telling }),
  });
  const sending = createSending({ db, clock, targets, secrets, webhooks, settling });
  const log = createWebhookLog({ db, clock, audit, webhooks, fanOut });
  const longJobs = createLongJobs({ db, clock });
  const replays = createWebhookReplays({ db, clock, audit, longJobs, webhooks });
  return {
    services: { webhooks, webhookLog: log, webhookReplays: replays },
    slices: [webhookCatalogueSlice, webhooksSlice, webhookDeliveriesSlice, webhookReplaysSlice],
    createLoaders: (viewer: Viewer | null) => ({
      ...createWebhookLoaders(db, viewer),
      ...createWebhookDeliveryLoaders(db, viewer),
    }),
    handlers: [...superUserHandlers, ...fanOut.handlers],
    jobs: {
      ...onJob(sendToWebhook, sending.run),
      ...onJob(forgetWebhookEvents, log.forget),
      ...replays.jobs,
    },
    crontab: [`50 4 * * * ${forgetWebhookEvents.name}`],
  };
}

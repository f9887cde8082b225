import { createSealer, type Audit, type Clock, type Viewer } from '@diaspora/kit';
import type { MessagingConfig } from './config.js';
import type { Db } from './database.js';
import type { Targets } from './targets.js';
import { webhookCatalogueSlice } from './webhook-catalogue/index.js';
import { createSecrets, createWebhookLoaders, createWebhooks, webhooksSlice } from './webhooks/index.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly targets: Targets;
  readonly config: Pick<MessagingConfig, 'SEALING_SECRET'>;
}

/** What partners are told of, and how it reaches them. */
export function composeWebhooks({ db, clock, audit, targets, config }: Dependencies) {
  const sealerFor = (purpose: string) => createSealer(config.SEALING_SECRET, purpose);
  const secrets = createSecrets({ clock, sealer: sealerFor('webhook secrets') });
  const webhooks = createWebhooks({
    ...{ db, clock, audit, targets, secrets },
    sealer: sealerFor('webhook addresses'),
  });
  return {
    services: { webhooks },
    slices: [webhookCatalogueSlice, webhooksSlice],
    createLoaders: (viewer: Viewer | null) => createWebhookLoaders(db, viewer),
  };
}

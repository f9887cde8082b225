import { createSealer, type Audit, type Clock, type Outbox, type Viewer } from '@diaspora/kit';
import type { Registry } from 'prom-client';
import { chatWebhooksSlice, createChatWebhooks } from './chat-webhooks/index.js';
import type { MessagingConfig } from './config.js';
import type { Db } from './database.js';
import { composeDelivery, createDeliveryLoaders, deliverySlice } from './delivery/index.js';
import { createDeviceHandlers, createDevices, devicesSlice } from './devices/index.js';
import type { MessagingMessages } from './messages.js';
import {
  createNotificationPreferences,
  notificationPreferencesSlice,
} from './notification-preferences/index.js';
import {
  createNotificationLoaders,
  createNotifications,
  createOccasions,
  createTelling,
  notificationsSlice,
} from './notifications/index.js';
import { createTargets } from './targets.js';

export type NotificationConfig = Pick<
  MessagingConfig,
  | 'APP_URL'
  | 'CHAT_WEBHOOK_HOSTS'
  | 'PUBLIC_URL'
  | 'SEALING_SECRET'
  | 'TARGETS_INNER_HOSTS'
  | 'TARGETS_OPEN'
  | 'push'
>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly audit: Audit;
  readonly registry: Registry;
  /** Wakes whoever follows an inbox. */
  readonly announce: (recipientId: string) => Promise<void>;
  readonly config: NotificationConfig;
}

/** What people hear of, how they want to hear of it, and how it reaches them. */
export function composeNotifications({ db, clock, outbox, audit, registry, announce, config }: Dependencies) {
  const sealerFor = (purpose: string) => createSealer(config.SEALING_SECRET, purpose);
  const targets = createTargets({
    isOpen: config.TARGETS_OPEN,
    innerHosts: config.TARGETS_INNER_HOSTS,
  });
  const preferences = createNotificationPreferences({ db, clock });
  const devices = createDevices({ db, clock, targets, sealer: sealerFor('device tokens') });
  const chatWebhooks = createChatWebhooks({
    ...{ db, clock, targets, hosts: config.CHAT_WEBHOOK_HOSTS },
    sealer: sealerFor('chat webhooks'),
  });
  const delivery = composeDelivery({
    ...{ db, clock, outbox, audit, registry, preferences, devices, chatWebhooks, targets },
    ...{ push: config.push, linkSealer: sealerFor('unsubscribe links') },
    ...{ publicUrl: config.PUBLIC_URL, appUrl: config.APP_URL ?? null },
  });
  const telling = createTelling({ clock, outbox, preferences, plan: delivery.planning.plan });
  const occasions = createOccasions({ db, clock, telling });
  return {
    telling,
    targets,
    services: {
      notifications: createNotifications({ db, clock, announce }),
      notificationPreferences: preferences,
      devices,
      chatWebhooks,
      deliveryLog: delivery.log,
      webPushPublicKey: config.push.vapid?.publicKey ?? null,
    },
    slices: [
      notificationsSlice,
      notificationPreferencesSlice,
      devicesSlice,
      chatWebhooksSlice,
      deliverySlice,
    ],
    createLoaders: (viewer: Viewer | null) => ({
      ...createNotificationLoaders(db, viewer),
      ...createDeliveryLoaders(db, viewer),
    }),
    handlers: [...occasions.handlers, ...createDeviceHandlers(devices), ...delivery.handlers],
    jobs: { ...occasions.jobs, ...delivery.jobs },
    crontab: [...occasions.crontab, ...delivery.crontab],
    routes: delivery.routes,
  };
}

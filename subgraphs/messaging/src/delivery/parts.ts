import { onJob, type Audit, type Clock, type Outbox, type Sealer } from '@diaspora/kit';
import type { Registry } from 'prom-client';
import type { ChatWebhooks } from '../chat-webhooks/index.js';
import type { Db } from '../database.js';
import type { Devices } from '../devices/index.js';
import type { MessagingMessages } from '../messages.js';
import type { NotificationPreferences } from '../notification-preferences/index.js';
import type { Targets } from '../targets.js';
import { createEmailChannel } from './channels/email.js';
import { createFcm } from './channels/fcm.js';
import { createPushChannel } from './channels/push.js';
import { createSlackChannel } from './channels/slack.js';
import { createWebPush } from './channels/web-push.js';
import { createContents } from './contents.js';
import { createDelivering } from './delivering.js';
import { createDeliveryHandlers } from './handlers.js';
import { deliver, forgetDeliveries } from './jobs.js';
import { createLetters } from './letters.js';
import { createDeliveryLog } from './log.js';
import { createDeliveryMetrics } from './metrics.js';
import { createPlanning } from './planning.js';
import type { PushSettings } from './push-settings.js';
import { createSettling } from './settling.js';
import { createUnsubscribeLinks } from './unsubscribe-links.js';
import { unsubscribeRoutes } from './unsubscribe-routes.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly audit: Audit;
  readonly registry: Registry;
  readonly preferences: NotificationPreferences;
  readonly devices: Devices;
  readonly chatWebhooks: ChatWebhooks;
  readonly targets: Targets;
  readonly linkSealer: Sealer;
  readonly push: PushSettings;
  /** Where the world reaches this service, and where it reads notifications. */
  readonly publicUrl: string;
  readonly appUrl: string | null;
}

/** How notifications leave the house. */
export function composeDelivery(dependencies: Dependencies) {
  const { db, clock, outbox, audit, registry, preferences, devices, chatWebhooks, targets } = dependencies;
  const { publicUrl, appUrl, linkSealer, push } = dependencies;
  const links = createUnsubscribeLinks({ sealer: linkSealer, publicUrl });
  const settling = createSettling({ clock, outbox, metrics: createDeliveryMetrics(registry) });
  const providers = {
    FCM: push.fcm && createFcm(push.fcm),
    WEB_PUSH: push.vapid && createWebPush({ vapid: push.vapid, targets }),
  };
  const delivering = createDelivering({
    ...{ db, clock, settling },
    contents: createContents({ clock, preferences }),
    letters: createLetters({ appUrl }),
    channels: {
      EMAIL: createEmailChannel({ clock, outbox, links }),
      PUSH: createPushChannel({ devices, providers }),
      SLACK: createSlackChannel(chatWebhooks),
    },
  });
  const log = createDeliveryLog({ db, clock, audit });
  return {
    planning: createPlanning({ clock, preferences, devices, chatWebhooks }),
    log,
    handlers: createDeliveryHandlers(settling),
    jobs: { ...onJob(deliver, delivering.run), ...onJob(forgetDeliveries, log.forget) },
    crontab: [`40 4 * * * ${forgetDeliveries.name}`],
    routes: unsubscribeRoutes({ db, links, preferences }),
  };
}

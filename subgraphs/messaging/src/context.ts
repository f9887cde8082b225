import type { BaseContext } from '@diaspora/kit';
import type { ChatWebhooks } from './chat-webhooks/index.js';
import type { ConversationLoaders, Conversations } from './conversations/index.js';
import type { DeliveryLoaders, DeliveryLog } from './delivery/index.js';
import type { Devices } from './devices/index.js';
import type { MembershipLoaders, MembershipServices } from './membership-parts.js';
import type { MessageLoadersOfAll, MessageServices } from './message-parts.js';
import type { NotificationPreferences } from './notification-preferences/index.js';
import type { NotificationLoaders, Notifications } from './notifications/index.js';
import type { RealTimeLoaders, RealTimeServices } from './real-time-parts.js';
import type { WebhookDeliveryLoaders, WebhookLog } from './webhook-deliveries/index.js';
import type { WebhookReplays } from './webhook-replays/index.js';
import type { WebhookLoaders, Webhooks } from './webhooks/index.js';

export interface Services extends MembershipServices, MessageServices, RealTimeServices {
  readonly conversations: Conversations;
  readonly notifications: Notifications;
  readonly notificationPreferences: NotificationPreferences;
  readonly devices: Devices;
  readonly chatWebhooks: ChatWebhooks;
  readonly deliveryLog: DeliveryLog;
  readonly webhooks: Webhooks;
  readonly webhookLog: WebhookLog;
  readonly webhookReplays: WebhookReplays;
  /** By which browsers subscribe; null where nothing is pushed to them. */
  readonly webPushPublicKey: string | null;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: ConversationLoaders &
    MembershipLoaders &
    MessageLoadersOfAll &
    NotificationLoaders &
    DeliveryLoaders &
    RealTimeLoaders &
    WebhookLoaders &
    WebhookDeliveryLoaders;
}

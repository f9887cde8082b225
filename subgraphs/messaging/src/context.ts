import type { BaseContext } from '@diaspora/kit';
import type { ConversationEvents } from './conversation-events/index.js';
import type { ConversationLoaders, Conversations } from './conversations/index.js';
import type { InboxEvents } from './inbox-events/index.js';
import type { MessageLoadersOfAll, MessageServices } from './message-parts.js';
import type { NotificationEvents } from './notification-events/index.js';
import type { NotificationLoaders, Notifications } from './notifications/index.js';

export interface Services extends MessageServices {
  readonly conversations: Conversations;
  readonly conversationEvents: ConversationEvents;
  readonly inboxEvents: InboxEvents;
  readonly notificationEvents: NotificationEvents;
  readonly notifications: Notifications;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: ConversationLoaders & MessageLoadersOfAll & NotificationLoaders;
}

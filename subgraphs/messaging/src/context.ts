import type { BaseContext } from '@diaspora/kit';
import type { ConversationEvents } from './conversation-events/index.js';
import type { ConversationLoaders, Conversations } from './conversations/index.js';
import type { InboxEvents } from './inbox-events/index.js';
import type { MessageLoaders, Messages } from './messages/index.js';
import type { NotificationEvents } from './notification-events/index.js';
import type { NotificationLoaders, Notifications } from './notifications/index.js';

export interface Services {
  readonly conversations: Conversations;
  readonly conversationEvents: ConversationEvents;
  readonly inboxEvents: InboxEvents;
  readonly messages: Messages;
  readonly notificationEvents: NotificationEvents;
  readonly notifications: Notifications;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: ConversationLoaders & MessageLoaders & NotificationLoaders;
}

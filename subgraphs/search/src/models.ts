import type { NodeReference } from './nodes/index.js';
import type { SearchPage } from './querying/index.js';

export type CommentModel = NodeReference<'Comment'>;
export type ConversationModel = NodeReference<'Conversation'>;
export type EventModel = NodeReference<'Event'>;
export type MediaModel = NodeReference<'Media'>;
export type MessageModel = NodeReference<'Message'>;
export type NotificationModel = NodeReference<'Notification'>;
export type OfficeModel = NodeReference<'Office'>;
export type PlanModel = NodeReference<'Plan'>;
export type PlanSubscriptionModel = NodeReference<'PlanSubscription'>;
export type PostModel = NodeReference<'Post'>;
export type RegistrationModel = NodeReference<'Registration'>;
export type UserModel = NodeReference<'User'>;

export type SearchConnectionModel = SearchPage;
export type SearchEdgeModel = SearchPage['edges'][number];

import type {
  ChatWebhook,
  Conversation,
  ConversationEvent,
  Draft,
  Device,
  LiveLocation,
  InviteLink,
  JoinRequest,
  Message,
  MessageEdit,
  MessageReaction,
  Notification,
  Participant,
  ScheduledMessage,
  Silence,
  Webhook,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEvent,
  WebhookSecret,
} from './__generated__/prisma/client.js';
import type { LoggedTypename } from './conversation-events/kinds.js';
import type { LoggedDelivery } from './delivery/index.js';
import type { FirstEvent } from './following/index.js';
import type { Hit } from './message-search/index.js';
import type { Member } from './members/index.js';
import type { SystemLine } from './messages/index.js';
import type { Times } from './notification-preferences/index.js';
import type { DataField, Offer } from './webhook-catalogue/index.js';
import type { WebhookReplay } from './webhook-replays/index.js';
import type { Condition } from './webhooks/index.js';

/** An entity of another subgraph: its public id is all that is known here. */
interface Stub {
  readonly id: string;
}

export type UserModel = Stub;
export type MediaModel = Stub;
export type PostModel = Stub;
export type CommentModel = Stub;
export type EventModel = Stub;
export type EventSeriesModel = Stub;
export type OfficeModel = Stub;
export type PlanSubscriptionModel = Stub;
export type OrderModel = Stub;
export type InvoiceModel = Stub;

/** A conversation as one of its participants sees it; nobody else ever holds one. */
export type ConversationModel = Participant & { readonly conversation: Conversation };
export type InviteLinkModel = InviteLink;
export type JoinRequestModel = JoinRequest;
/** A group as those see it who have a link to it. */
export type InvitedGroupModel = Conversation & Pick<InviteLink, 'needsApproval'>;
export type ConversationMemberModel = Member;
export type MessageModel = Message;
export type MessageHitModel = Hit;
export type DraftModel = Draft;
export type ScheduledMessageModel = ScheduledMessage;
export type MessageEditModel = MessageEdit;
export type MessageReactionModel = MessageReaction;
/** How many people react to a message with an emoji. */
export interface ReactionCountModel {
  readonly messageId: string;
  readonly emoji: string;
  readonly count: number;
  readonly viewerHasReacted: boolean;
}
/** How far somebody has come in a conversation, as the viewer is told of it. */
export type ReceiptModel = Pick<Participant, 'conversationId' | 'userId' | 'deliveredUpToSequence'> & {
  readonly readUpToSequence: number | null;
};
export type SystemLineModel = SystemLine;
export type NotificationModel = Notification;

/** Whose they are. */
export type NotificationPreferencesModel = { readonly personId: string };
export type NotificationTimesModel = Times;
export type NotificationSilenceModel = Silence;
export type NotificationDeviceModel = Device;
export type ChatWebhookModel = ChatWebhook;
export type NotificationDeliveryModel = LoggedDelivery;

export type WebhookModel = Webhook;
export type WebhookSecretModel = WebhookSecret;
export type WebhookDeliveryModel = WebhookDelivery;
export type WebhookEventModel = WebhookEvent;
export type WebhookAttemptModel = WebhookAttempt;
export type WebhookReplayModel = WebhookReplay;
export type WebhookConditionModel = Condition;
export type WebhookEventTypeModel = Offer;
export type WebhookEventFieldModel = DataField;

/** An event of the log, and the message it is about as that is now. */
export type LoggedEvent = ConversationEvent & { readonly message: MessageModel | null };
export type MessageSentModel = LoggedEvent;
export type MessageEditedModel = LoggedEvent;
export type MessageDeletedModel = LoggedEvent;
export type ReactionsChangedModel = LoggedEvent;
export type DraftChangedModel = LoggedEvent;
export type ScheduledMessageFailedModel = LoggedEvent;
export type ReceiptMovedModel = LoggedEvent;
export type LiveLocationSharedModel = LoggedEvent;
export type LiveLocationEndedModel = LoggedEvent;

/** Where somebody is, as one who may see it does. */
export type LiveLocationModel = LiveLocation;

/** People by key. */
interface People {
  readonly personIds: readonly string[];
}
export type TypingPayloadModel = People;
export type PresencePayloadModel = People;

/** A member of the union, told apart by its name. */
export type ConversationEventModel =
  | (LoggedEvent & { readonly __typename: LoggedTypename })
  | FirstEvent
  | { readonly __typename: 'AccessEnded'; readonly endedAt: Date };

/** What has changed, as the viewer sees it. */
export interface InboxChangedModel {
  readonly conversations: readonly ConversationModel[];
  readonly unreadMessageCount: number;
}
export type InboxEventModel = (InboxChangedModel & { readonly __typename: 'InboxChanged' }) | FirstEvent;

export interface NotificationsChangedModel {
  readonly notificationIds: readonly string[];
  readonly unreadCount: number;
}
export type NotificationEventModel =
  (NotificationsChangedModel & { readonly __typename: 'NotificationsChanged' }) | FirstEvent;

import type { PersonalDataDecisions } from '@diaspora/kit';
import type { Prisma } from '../database.js';

const participant = { exported: 'conversations', erasure: 'PSEUDONYMISED' } as const;
const sender = { exported: 'messages', erasure: 'PSEUDONYMISED' } as const;
const scheduled = { exported: 'scheduled-messages', erasure: 'ERASED' } as const;
const preference = { exported: 'notification-preferences', erasure: 'ERASED' } as const;
const delivery = { exported: 'deliveries', erasure: 'ERASED' } as const;
const notification = { exported: 'notifications', erasure: 'ERASED' } as const;
const told = {
  exported: { not: 'ids and facts of which their owners give the original' },
  erasure: 'ERASED',
} as const;

/** What of this subgraph is a person's, and what becomes of it. */
export const personalDataDecisions: PersonalDataDecisions<Prisma.ModelName> = {
  tables: {
    Conversation: participant,
    Participant: participant,
    VisibilityWindow: participant,
    InviteLink: { exported: { not: 'others joined by it' }, erasure: 'PSEUDONYMISED' },
    EventHosts: { exported: { not: 'events give the original' }, erasure: 'PSEUDONYMISED' },
    EventPlace: { exported: { not: 'events give the original' }, erasure: 'ERASED' },
    JoinRequest: { exported: 'join-requests', erasure: 'ERASED' },
    Message: sender,
    LiveLocation: { exported: 'live-locations', erasure: 'ERASED' },
    ConversationEvent: {
      exported: { not: 'it points at messages and conversations, which are given' },
      erasure: 'PSEUDONYMISED',
    },
    MessagingSettings: { exported: 'messaging-settings', erasure: 'ERASED' },
    Draft: { exported: 'drafts', erasure: 'ERASED' },
    ScheduledMessage: scheduled,
    MessageReaction: { exported: 'message-reactions', erasure: 'ERASED' },
    MessageEdit: { exported: 'message-edits', erasure: 'ERASED' },
    HiddenMessage: { exported: { not: 'what one does not want to see' }, erasure: 'ERASED' },
    MessageAllowance: { exported: { not: 'a count of the day' }, erasure: 'ERASED' },
    Notification: notification,
    ChannelPreference: preference,
    TypePreference: preference,
    Silence: preference,
    NotificationTimes: preference,
    Device: { exported: 'devices', erasure: 'ERASED' },
    ChatWebhook: { exported: 'chats', erasure: 'ERASED' },
    Delivery: delivery,
    DigestItem: delivery,
    DeliveryAttempt: delivery,
    Webhook: { exported: { not: 'the platform’s own business' }, erasure: 'PSEUDONYMISED' },
    Suspension: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    SuperUser: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    WebhookEvent: told,
    WebhookDelivery: told,
    WebhookAttempt: told,
    WebhookSecret: { impersonal: 'what requests to partners are signed with' },
    KnownPerson: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    Follow: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    KnownEvent: { impersonal: 'what everybody may know of an event' },
    Admission: { exported: { not: 'events give the original' }, erasure: 'ERASED' },
    MissedCheck: { impersonal: 'names a conversation and a time' },
    Member: { exported: { not: 'users give the original' }, erasure: 'PSEUDONYMISED' },
    Block: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    ContactRule: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    Friendship: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
  },
  fields: {
    'LiveLocation.person': { exported: 'live-locations', erasure: 'ERASED' },
    'LiveLocationShared.person': participant,
    'LiveLocationEnded.person': participant,
    'Conversation.participants': participant,
    'ConversationMember.user': participant,
    'InviteLink.createdBy': { exported: { not: 'others joined by it' }, erasure: 'PSEUDONYMISED' },
    'JoinRequest.user': { exported: 'join-requests', erasure: 'ERASED' },
    'Message.sender': sender,
    'Message.mentions': sender,
    'Message.contact': sender,
    'ScheduledMessage.mentions': scheduled,
    'ScheduledMessage.contact': scheduled,
    'MessageReaction.person': { exported: 'message-reactions', erasure: 'ERASED' },
    'Receipt.person': participant,
    'SystemLine.people': { exported: { not: 'what others did' }, erasure: 'PSEUDONYMISED' },
    'Notification.actor': notification,
    'Notification.subject': notification,
    'Webhook.createdBy': { exported: { not: 'the platform’s own business' }, erasure: 'PSEUDONYMISED' },
    'NotificationSilence.subject': preference,
  },
};

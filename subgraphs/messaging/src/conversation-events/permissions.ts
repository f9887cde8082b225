import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Who may listen is asked at the start and again before each event, by the service. */
export const permissions: PermissionMap = {
  Subscription: { conversationEvents: inPerson },
  Conversation: { eventsCursor: inPerson },
  ...carriers('ConversationEventsPayload', 'MessageSent', 'SubscriptionStarted'),
  ...carriers('ResyncRequired', 'AccessEnded'),
};

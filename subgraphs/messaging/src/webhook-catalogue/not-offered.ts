import type { MessageType } from '@diaspora/kit';
import type { ContentMessages } from '@diaspora/content/messages';
import type { EventsMessages } from '@diaspora/events/messages';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import type { MessagingMessages } from '../messages.js';

const security = 'the safety of accounts and of the platform';
const ties = 'what people have with each other is theirs';
const requests = 'a request between services';
const inner = 'a step on the way to something that is offered';
const private_ = 'private correspondence and its notices';

/** What partners are not told of, and why. */
export const notOffered: {
  readonly users: Partial<Record<MessageType<UsersMessages>, string>>;
  readonly events: Partial<Record<MessageType<EventsMessages>, string>>;
  readonly content: Partial<Record<MessageType<ContentMessages>, string>>;
  readonly payments: Partial<Record<MessageType<PaymentsMessages>, string>>;
  readonly messaging: Partial<Record<MessageType<MessagingMessages>, string>>;
} = {
  users: {
    'privacy.exportRequested': requests,
    'user.suspended': security,
    'user.suspensionLifted': security,
    'user.followed': ties,
    'user.unfollowed': ties,
    'user.connected': ties,
    'user.disconnected': ties,
    'user.friendRequested': ties,
    'user.blocked': ties,
    'user.unblocked': ties,
    'user.muted': ties,
    'user.unmuted': ties,
    'office.needsConfirmation': 'between those who appoint',
    'office.confirmed': 'between those who appoint',
    'office.reviewed': 'between those who appoint',
    'office.mandateAtRisk': 'between those who appoint',
    'office.applied': 'between those who appoint',
    'office.applicationDecided': 'between those who appoint',
    'superUser.proposed': security,
    'superUser.changed': security,
    'impersonation.started': security,
    'factorReset.opened': security,
    'mail.settled': requests,
    'session.revoked': security,
  },
  events: {
    'coHost.invited': inner,
    'event.rated': 'what one person thinks of an event can be told from it',
    'calendar.disconnected': 'a setting of one person',
    'series.paused': 'what one person may do',
    'registration.requested': inner,
    'registration.decided': inner,
    'eventInvitation.sent': inner,
    'event.reminderDue': 'a notice to people',
    'waitlist.offered': inner,
    'ticketHold.created': inner,
    'ticketHold.released': inner,
    'ticket.transferOffered': inner,
    'order.requested': requests,
    'order.cancellationRequested': requests,
    'order.refundRequested': requests,
  },
  content: { 'reaction.added': 'what somebody likes is theirs' },
  payments: {
    'credits.granted': 'what somebody uses credits for is theirs',
    'credits.reserved': 'what somebody uses credits for is theirs',
    'credits.settled': 'what somebody uses credits for is theirs',
    'credits.released': 'what somebody uses credits for is theirs',
    'credits.expired': 'what somebody uses credits for is theirs',
    'mail.requested': requests,
    'order.opened': inner,
    'order.paymentFailed': inner,
    'order.refundFailed': inner,
  },
  messaging: {
    'conversation.created': private_,
    'message.sent': private_,
    'notification.created': private_,
    'mail.requested': requests,
    'delivery.failed': private_,
  },
};

import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { ContentMessages } from '@diaspora/content/messages';
import type { EventsMessages } from '@diaspora/events/messages';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import {
  commentNotice,
  impersonationNotice,
  officeNotice,
  reactionNotice,
  registrationNotice,
  pastDueNotice,
  subscriptionNotice,
  unpaidNotice,
} from './rules.js';
import type { Notifications } from './service.js';

const content = messagesFrom<ContentMessages, Transaction>('content');
const events = messagesFrom<EventsMessages, Transaction>('events');
const payments = messagesFrom<PaymentsMessages, Transaction>('payments');
const users = messagesFrom<UsersMessages, Transaction>('users');

const id = z.string();
const comment = z.object({ commentId: id, postAuthorId: id, authorId: id });
const reaction = z.object({ postId: id, postAuthorId: id, userId: id });
const office = z.object({ officeId: id, userId: id, appointerId: id });
const impersonation = z.object({ impersonationId: id, userId: id });
const registration = z.object({ registrationId: id, eventId: id, userId: id });
const subscription = z.object({ subscriptionId: id, userId: id });
const declinedRenewal = subscription.extend({ nextAttemptAt: z.string() });
const endedSubscription = subscription.extend({ endedAt: z.string(), reason: z.string().optional() });

/** What others report becomes notifications of the people concerned. */
export const createNotificationHandlers = ({ tell }: Notifications): MessageHandler<Transaction>[] => [
  content.on('comment.added', comment, ({ data }, tx) => tell(tx, commentNotice(data))),
  content.on('reaction.added', reaction, ({ data }, tx) => tell(tx, reactionNotice(data))),
  users.on('office.appointed', office, ({ data }, tx) => tell(tx, officeNotice(data))),
  users.on('impersonation.started', impersonation, ({ data }, tx) => tell(tx, impersonationNotice(data))),
  events.on('registration.confirmed', registration, ({ data }, tx) => tell(tx, registrationNotice(data))),
  payments.on('subscription.activated', subscription, ({ data }, tx) => tell(tx, subscriptionNotice(data))),
  payments.on('subscription.pastDue', declinedRenewal, ({ data }, tx) => tell(tx, pastDueNotice(data))),
  // Whoever ended it themselves knows.
  payments.on('subscription.ended', endedSubscription, async ({ data }, tx) => {
    if (data.reason === 'UNPAID') await tell(tx, unpaidNotice(data));
  }),
];

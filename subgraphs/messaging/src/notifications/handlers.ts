import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { ContentMessages } from '@diaspora/content/messages';
import type { EventsMessages } from '@diaspora/events/messages';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import {
  commentNotice,
  officeNotice,
  reactionNotice,
  registrationNotice,
  subscriptionNotice,
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
const registration = z.object({ registrationId: id, eventId: id, userId: id });
const subscription = z.object({ subscriptionId: id, userId: id });

/** What others report becomes notifications of the people concerned. */
export const createNotificationHandlers = ({ tell }: Notifications): MessageHandler<Transaction>[] => [
  content.on('comment.added', comment, ({ data }, tx) => tell(tx, commentNotice(data))),
  content.on('reaction.added', reaction, ({ data }, tx) => tell(tx, reactionNotice(data))),
  users.on('office.appointed', office, ({ data }, tx) => tell(tx, officeNotice(data))),
  events.on('registration.confirmed', registration, ({ data }, tx) => tell(tx, registrationNotice(data))),
  payments.on('subscription.activated', subscription, ({ data }, tx) => tell(tx, subscriptionNotice(data))),
];

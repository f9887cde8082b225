import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import type { Outcome } from './rules.js';
import type { Settling } from './settling.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const settled = z.object({
  mailId: z.string(),
  outcome: z.enum(['SENT', 'REFUSED', 'UNDELIVERABLE', 'UNCONFIRMED', 'EXPIRED']),
});

const outcomes: Readonly<Record<z.output<typeof settled>['outcome'], Outcome>> = {
  SENT: { kind: 'SENT' },
  REFUSED: { kind: 'LATER', detail: 'REFUSED' },
  EXPIRED: { kind: 'LATER', detail: 'EXPIRED' },
  UNDELIVERABLE: { kind: 'REFUSED', detail: 'UNDELIVERABLE' },
  UNCONFIRMED: { kind: 'UNCONFIRMED', detail: 'CUT_SHORT' },
};

/** What became of the mails that users were asked for. */
export const createDeliveryHandlers = ({ settle }: Settling): MessageHandler<Transaction>[] => [
  users.on('mail.settled', settled, ({ data: { mailId, outcome } }, tx) =>
    settle(tx, mailId, outcomes[outcome]),
  ),
];

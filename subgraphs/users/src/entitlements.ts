import { messagesFrom } from '@diaspora/kit';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const payments = messagesFrom<PaymentsMessages, Transaction>('payments');

const granted = z.object({ userId: z.string(), entitlements: z.array(z.string()) });

const setEntitlements = async (tx: Transaction, userId: string, entitlements: string[]) => {
  await tx.account.updateMany({ where: { id: userIds.decode(userId) }, data: { entitlements } });
};

/** What a plan grants is copied here, so that tokens carry it and nobody asks payments at request time. */
export const entitlementHandlers = [
  payments.on('subscription.activated', granted, ({ data }, tx) =>
    setEntitlements(tx, data.userId, data.entitlements),
  ),
  // A pause takes them away for a while.
  payments.on('subscription.changed', granted, ({ data }, tx) =>
    setEntitlements(tx, data.userId, data.entitlements),
  ),
  payments.on('subscription.ended', z.object({ userId: z.string() }), ({ data }, tx) =>
    setEntitlements(tx, data.userId, []),
  ),
];

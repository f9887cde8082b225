import type { Audit, AuditAction, AuditEntry } from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { subscriptionIds } from '../ids.js';

/** Notes what somebody did with a subscription of theirs. */
export const createRecord =
  (audit: Audit) =>
  (
    tx: Transaction,
    action: AuditAction,
    { id, userId }: Subscription,
    change: Pick<AuditEntry, 'before' | 'after'>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'PlanSubscription', id: subscriptionIds.encode(id) },
      personId: userId,
      ...change,
    });

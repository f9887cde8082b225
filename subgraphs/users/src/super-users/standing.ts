import type { Audit, Clock, Outbox } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { assertNotLastSuperUser } from './scope.js';

export interface StandingDependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
}

export interface Standing {
  readonly isSuperUser: boolean;
  readonly reason: string | null;
}

/** Makes somebody a super user, or one no more. Under the lock of the scope. Answers the epoch to announce. */
export const createSetStanding =
  ({ clock, outbox, audit, epochs }: StandingDependencies) =>
  async (tx: Transaction, accountId: string, { isSuperUser, reason }: Standing): Promise<number> => {
    if (!isSuperUser) await assertNotLastSuperUser(tx, accountId);
    await tx.account.update({ where: { id: accountId }, data: { isSuperUser } });
    await audit.record(tx, {
      action: isSuperUser ? 'superUser.granted' : 'superUser.revoked',
      subject: { type: 'User', id: userIds.encode(accountId) },
      personId: accountId,
      before: { isSuperUser: !isSuperUser },
      after: { isSuperUser },
      reason,
    });
    const userId = userIds.encode(accountId);
    const data = { userId, isSuperUser, changedAt: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'superUser.changed', key: userId, data });
    return epochs.raise(tx, accountId);
  };

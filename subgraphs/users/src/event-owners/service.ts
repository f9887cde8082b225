import { parseInput, type Audit, type Clock, type Outbox } from '@diaspora/kit';
import type { z } from 'zod';
import { lockAccount } from '../accounts/index.js';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { assertSuperUser } from '../super-users/index.js';
import { assertAboutAnother, assertMayBecome, assertSomebody, eventOwnerInput } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
}

/** Who may sell tickets for events. */
export function createEventOwners({ db, clock, outbox, audit, epochs }: Dependencies) {
  const change =
    (isEventOwner: boolean) =>
    async (actorId: string, input: z.input<typeof eventOwnerInput>): Promise<void> => {
      const { accountId, reason = null } = parseInput(eventOwnerInput, input);
      const epoch = await db.$transaction(async (tx) => {
        await assertSuperUser(tx, actorId);
        assertAboutAnother(accountId, actorId);
        const account = await lockAccount(tx, accountId);
        assertSomebody(account);
        if ((account.eventOwnerSince !== null) === isEventOwner) return 0;
        if (isEventOwner) assertMayBecome(account, clock.now());
        return apply(tx, accountId, { isEventOwner, reason });
      });
      await epochs.announce(accountId, epoch);
    };

  /** Under the account's lock. Answers the epoch to announce. */
  async function apply(
    tx: Transaction,
    accountId: string,
    { isEventOwner, reason }: { isEventOwner: boolean; reason: string | null },
  ): Promise<number> {
    const now = clock.now();
    await tx.account.update({
      where: { id: accountId },
      data: { eventOwnerSince: isEventOwner ? now : null },
    });
    const userId = userIds.encode(accountId);
    await audit.record(tx, {
      action: isEventOwner ? 'eventOwner.granted' : 'eventOwner.revoked',
      subject: { type: 'User', id: userId },
      personId: accountId,
      before: { isEventOwner: !isEventOwner },
      after: { isEventOwner },
      reason,
    });
    const data = { userId, isEventOwner, changedAt: now.toISOString() };
    await outbox.publish(tx, { type: 'user.eventOwnerChanged', key: userId, data });
    return epochs.raise(tx, accountId);
  }

  return { grant: change(true), revoke: change(false) };
}

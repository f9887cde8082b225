import { defineJob, type Clock } from '@diaspora/kit';
import { z } from 'zod';
import { lockAccount } from '../accounts/index.js';
import type { Account, FactorReset } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import type { AccountSecondFactor } from '../factors/index.js';
import type { Ends } from '../sessions/index.js';
import { standsAsSuperUser } from '../super-users/index.js';
import type { FactorResetEnds } from './ends.js';
import { isStillMeant, takesTwo } from './rules.js';

export const fireFactorReset = defineJob('fireFactorReset', z.object({ resetId: z.uuid() }));

export interface FiringDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly epochs: Epochs;
  readonly ends: Pick<Ends, 'endAll'>;
  readonly secondFactor: Pick<AccountSecondFactor, 'remove'>;
  readonly resetEnds: FactorResetEnds;
}

/** The job of the moment when the time to refuse is over. Everything is asked again: only an open reset fires, and once. */
export function createFiring(dependencies: FiringDependencies) {
  const { db, clock, epochs, ends, secondFactor, resetEnds } = dependencies;

  async function fire({ resetId }: { resetId: string }): Promise<void> {
    const known = await db.factorReset.findUnique({ where: { id: resetId } });
    if (known?.status !== 'OPEN') return;
    const epoch = await db.$transaction(async (tx) => {
      // Takes the scope of super users, which comes before every row.
      const openerStands = await standsAsSuperUser(tx, known.openedBy);
      const account = await lockAccount(tx, known.accountId);
      const reset = await tx.factorReset.findUnique({ where: { id: resetId } });
      if (!account || reset?.status !== 'OPEN') return undefined;
      if (reset.dueAt > clock.now()) throw new Error('The reset is not due; look again later');
      if (openerStands && (await isWellFounded(tx, account, reset))) return apply(tx, account, reset);
      await resetEnds.close(tx, reset, 'VOID');
      return undefined;
    });
    if (epoch !== undefined) await epochs.announce(known.accountId, epoch);
  }

  /** It falls with whoever confirmed it, as with whoever opened it. */
  async function isWellFounded(tx: Transaction, account: Account, reset: FactorReset): Promise<boolean> {
    if (!isStillMeant(account, reset)) return false;
    if (!reset.needsTwo && !takesTwo(account, clock.now())) return true;
    return reset.confirmedBy !== null && standsAsSuperUser(tx, reset.confirmedBy);
  }

  async function apply(tx: Transaction, { id }: Account, reset: FactorReset): Promise<number> {
    const epoch = await epochs.raise(tx, id);
    await resetEnds.close(tx, reset, 'DONE');
    await secondFactor.remove(tx, id);
    await tx.account.update({ where: { id }, data: { factorResetAt: clock.now() } });
    await ends.endAll(tx, id, { reason: 'SECOND_FACTOR_RESET' });
    return epoch;
  }

  return fire;
}

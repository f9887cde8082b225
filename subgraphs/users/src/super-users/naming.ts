import { createHash } from 'node:crypto';
import type { Transaction } from '../database.js';
import { lockSuperUsers } from './scope.js';
import { createSetStanding, type StandingDependencies } from './standing.js';

/** Folded addresses by which the operator names super users, each once: a free address makes no second one. */
export function createOperatorNames(dependencies: StandingDependencies, emailKeys: ReadonlySet<string>) {
  const { clock } = dependencies;
  const setStanding = createSetStanding(dependencies);

  return {
    /** The first thing in a transaction that proves the address, before any row is locked. */
    lock: async (tx: Transaction, emailKey: string): Promise<void> => {
      if (emailKeys.has(emailKey)) await lockSuperUsers(tx);
    },

    /** The address was proved. The epoch needs no announcement at once: its owner had no authority before. */
    name: async (tx: Transaction, { id, emailKey }: { id: string; emailKey: string }): Promise<void> => {
      if (!emailKeys.has(emailKey)) return;
      // Of the address, not of the account: it outlives a change of address, and an erasure.
      const emailHash = createHash('sha256').update(emailKey).digest('hex');
      const { count } = await tx.operatorNaming.createMany({
        data: [{ emailHash, namedAt: clock.now() }],
        skipDuplicates: true,
      });
      if (count > 0) await setStanding(tx, id, { isSuperUser: true, reason: 'Named by the operator.' });
    },
  };
}

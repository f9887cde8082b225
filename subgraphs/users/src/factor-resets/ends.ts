import type { Audit, Clock } from '@diaspora/kit';
import type { FactorReset } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { factorResetIds } from '../ids.js';
import type { FactorResetLetters } from './letters.js';

interface Dependencies {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly letters: FactorResetLetters;
}

export type FactorResetEnds = ReturnType<typeof createFactorResetEnds>;

type End = Exclude<FactorReset['status'], 'OPEN'>;

const actions = {
  DONE: 'factorReset.done',
  REFUSED: 'factorReset.refused',
  WITHDRAWN: 'factorReset.withdrawn',
  VOID: 'factorReset.voided',
} satisfies Record<End, string>;

/** How resets end, each once. All of it under the lock of the account's row, which decides who comes first. */
export function createFactorResetEnds({ clock, audit, letters }: Dependencies) {
  /** An open one, as it was read under that lock. */
  async function close(tx: Transaction, { id, accountId }: FactorReset, status: End): Promise<FactorReset> {
    const data = { status, endedAt: clock.now() };
    const closed = await tx.factorReset.update({ where: { id, status: 'OPEN' }, data });
    await audit.record(tx, {
      action: actions[status],
      subject: { type: 'FactorReset', id: factorResetIds.encode(id) },
      personId: accountId,
    });
    await letters.announce(tx, id, status === 'DONE' ? 'factorResetDone' : 'factorResetStopped');
    return closed;
  }

  return {
    close,
    /** The owner of the account was there, or what was decided about is no longer what it was. */
    voidOpen: async (tx: Transaction, accountId: string): Promise<void> => {
      const open = await tx.factorReset.findFirst({ where: { accountId, status: 'OPEN' } });
      if (open) await close(tx, open, 'VOID');
    },
  };
}

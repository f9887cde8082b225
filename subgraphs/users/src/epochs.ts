import { addJob, defineJob, onJob, type JobTasks, type Revocations } from '@diaspora/kit';
import { z } from 'zod';
import type { Db, Transaction } from './database.js';

const announceEpoch = defineJob('announceEpoch', z.object({ accountId: z.uuid() }));

/** Makes a person's access tokens stale, so that authority gained or lost counts from the next request on. */
export interface Epochs {
  /** In the transaction of the change. Locks the account's row. Answers the new epoch, to be announced after the commit. */
  raise(tx: Transaction, accountId: string): Promise<number>;
  /** Tells the routers at once; a job does so again, should this process die or Redis be away. Never rejects. */
  announce(accountId: string, epoch: number): Promise<void>;
  readonly jobs: JobTasks;
}

export function createEpochs({ db, revocations }: { db: Db; revocations: Revocations }): Epochs {
  return {
    raise: async (tx, accountId) => {
      const { sessionEpoch } = await tx.account.update({
        where: { id: accountId },
        data: { sessionEpoch: { increment: 1 } },
      });
      await addJob(tx, announceEpoch, { accountId });
      return sessionEpoch;
    },
    announce: async (accountId, epoch) => {
      await revocations.raiseEpoch(accountId, epoch);
    },
    jobs: onJob(announceEpoch, async ({ accountId }) => {
      const account = await db.account.findUnique({ where: { id: accountId } });
      if (!account) return;
      const isAnnounced = await revocations.raiseEpoch(accountId, account.sessionEpoch);
      if (!isAnnounced) throw new Error('Redis is away; the epoch will be announced again');
    }),
  };
}

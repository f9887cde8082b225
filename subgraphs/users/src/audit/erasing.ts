import { addJob, defineJob, messagesLiveMs, onJob, type Audit, type Clock } from '@diaspora/kit';
import { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';

const eraseLateDetails = defineJob('eraseLateDetails', z.object({ personId: z.uuid() }));

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

export type Erasing = ReturnType<typeof createErasing>;

/** Erases what lines of the audit trail keep of a person beside them. The lines stay, and so does the chain. */
export function createErasing({ db, clock, audit }: Dependencies) {
  const erase = (client: Pick<Transaction, '$queryRaw'>, personId: string) =>
    client.$queryRaw<{ erased: bigint }[]>`SELECT audit_erase(${personId}::uuid, ${clock.now()}) AS erased`;

  return {
    /** In the transaction of the erasure of a person, or of another `subject` that lines are about. */
    eraseAuditDetails: async (
      tx: Transaction,
      personId: string,
      subject = { type: 'User', id: userIds.encode(personId) },
    ): Promise<void> => {
      const [row] = await erase(tx, personId);
      await audit.record(tx, {
        action: 'audit.erased',
        subject,
        personId,
        after: { details: Number(row?.erased ?? 0) },
      });
      const runAt = new Date(clock.now().getTime() + messagesLiveMs);
      await addJob(tx, eraseLateDetails, { personId }, { runAt, jobKey: `erase-late-details:${personId}` });
    },
    jobs: onJob(eraseLateDetails, async ({ personId }) => void (await erase(db, personId))),
  };
}

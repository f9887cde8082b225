import { AppError, parseInput, type Audit, type Clock } from '@diaspora/kit';
import type { PlatformFee } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { platformFeeChange } from './rules.js';

export type PlatformFees = ReturnType<typeof createPlatformFees>;

/** What the platform keeps of sales: an order keeps the fee it was made under. */
export function createPlatformFees({ db, clock, audit }: { db: Db; clock: Clock; audit: Audit }) {
  const current = (tx: Transaction = db): Promise<PlatformFee> =>
    tx.platformFee.findFirstOrThrow({ orderBy: { version: 'desc' } });

  /** A new version, if nobody made one since the expected one: the primary key decides between two at once. */
  async function set(
    actorId: string,
    input: { expectedVersion: number; basisPoints: number },
  ): Promise<PlatformFee> {
    const { expectedVersion, basisPoints } = parseInput(platformFeeChange, input);
    return db.$transaction(async (tx) => {
      const before = await current(tx);
      if (before.version !== expectedVersion) throw changedMeanwhile(before);
      const version = expectedVersion + 1;
      const [after] = await tx.platformFee.createManyAndReturn({
        data: [{ version, basisPoints, changedBy: actorId, changedAt: clock.now() }],
        skipDuplicates: true,
      });
      if (!after) throw changedMeanwhile(await current(tx));
      await audit.record(tx, {
        action: 'platformFee.changed',
        subject: { type: 'PlatformFee', id: 'platform' },
        before: { version: before.version, basisPoints: before.basisPoints },
        after: { version, basisPoints },
      });
      return after;
    });
  }

  const changedMeanwhile = (platformFee: PlatformFee) =>
    new AppError('CONFLICT', 'The fee has changed meanwhile.', {
      path: ['expectedVersion'],
      payload: { platformFee },
    });

  return { current, set };
}

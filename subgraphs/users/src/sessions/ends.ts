import { addJob, dayMs, type Audit, type Clock, type Outbox, type Revocations } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { sessionIds, userIds } from '../ids.js';
import { announceRevocation } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import type { SignInMethod } from './methods.js';
import { clockMarginSeconds } from './rules.js';

export interface EndsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
  readonly revocations: Revocations;
  readonly accessTokenSeconds: number;
}

export type Ends = ReturnType<typeof createEnds>;

/** How long an ended session stays on record. */
const endedLifetimeMs = 30 * dayMs;

/** Ends of sessions: written in the caller's transaction, told to the routers after it. */
export function createEnds(dependencies: EndsDependencies) {
  const { db, clock, outbox, audit, epochs, revocations, accessTokenSeconds } = dependencies;

  /** Ends one; false when there is none to end. Locks its row, as each exchange of its tokens does. */
  async function end(tx: Transaction, id: string, reason: string): Promise<boolean> {
    const [session] = await tx.session.updateManyAndReturn({
      where: { id, revokedAt: null },
      data: { revokedAt: clock.now(), revocationReason: reason },
    });
    if (!session) return false;
    const userId = userIds.encode(session.accountId);
    const data = { userId, sessionId: sessionIds.encode(id), reason };
    await outbox.publish(tx, { type: 'session.revoked', key: userId, data });
    await audit.record(tx, {
      action: 'session.revoked',
      subject: { type: 'Session', id: data.sessionId },
      personId: session.accountId,
      reason,
    });
    await addJob(tx, announceRevocation, { sessionId: id });
    return true;
  }

  /**
   * Ends every session of a person, or those proved by one method, but the one given. Lock the account's row first (`epochs.raise` does): whoever signs
   * in meanwhile then waits, and is judged by what is true afterwards. The ends are announced by jobs; raise the epoch
   * in the same transaction where tokens must stop working at once.
   */
  async function endAll(
    tx: Transaction,
    accountId: string,
    { reason, except, method }: { reason: string; except?: string; method?: SignInMethod },
  ): Promise<void> {
    const sessions = await tx.session.findMany({
      where: {
        ...{ accountId, revokedAt: null },
        ...(except && { id: { not: except } }),
        ...(method && { methods: { has: method } }),
      },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    for (const { id } of sessions) await end(tx, id, reason);
  }

  return {
    end,

    endAll,

    /** An address was proved: sessions from before that are nobody knows whose. Lock the account's row first. */
    endUnproved: async (tx: Transaction, accountId: string): Promise<void> => {
      if ((await tx.session.count({ where: { accountId, revokedAt: null } })) === 0) return;
      await epochs.raise(tx, accountId);
      await endAll(tx, accountId, { reason: 'ADDRESS_PROVED' });
    },

    /** Tells the routers. Also run as a job from the same transaction, so that it happens even if this process dies. */
    announceEnd: (sessionId: string): Promise<boolean> =>
      revocations.revokeSession(sessionId, accessTokenSeconds + clockMarginSeconds),

    /** Ended sessions do not stay on record. */
    forgetEnded: async (): Promise<void> => {
      const before = new Date(clock.now().getTime() - endedLifetimeMs);
      await db.session.deleteMany({
        where: { OR: [{ expiresAt: { lt: before } }, { revokedAt: { lt: before } }] },
      });
    },
  };
}

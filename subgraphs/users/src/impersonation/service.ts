import { addJob, parseInput, type Audit, type Clock, type Outbox, type Viewer } from '@diaspora/kit';
import type { Account, Impersonation } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { impersonationIds, userIds } from '../ids.js';
import { announceRevocation } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import {
  assertSignedInRecently,
  type AccessToken,
  type IssueAccess,
  type Sessions,
} from '../sessions/index.js';
import { assertSuperUser } from '../super-users/index.js';
import type { ImpersonationLetters } from './letters.js';
import { assertMayBeImpersonated, impersonationInput, keptMs } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly letters: ImpersonationLetters;
  readonly issueAccess: IssueAccess;
  readonly announceEnd: Sessions['announceEnd'];
  readonly accessTokenSeconds: number;
}

export interface Started {
  readonly impersonation: Impersonation;
  readonly access: AccessToken;
}

/**
 * Super users look at the platform as somebody else. There is no session: one access token, and nothing to exchange. It
 * counts as long as both would be let in: the person, and whoever acts, in the session they started it from (ADR 22).
 */
export function createImpersonations(dependencies: Dependencies) {
  const { db, clock, outbox, audit, letters, issueAccess, announceEnd } = dependencies;

  async function start(viewer: Viewer, input: { accountId: string; reason: string }): Promise<Started> {
    const { accountId, reason } = parseInput(impersonationInput, input);
    const { impersonation, ended, account, epoch } = await db.$transaction(async (tx) => {
      await assertSuperUser(tx, viewer.id);
      const impersonator = await lock(tx, viewer.id);
      await assertSignedInRecently(tx, viewer, clock.now());
      const account = await tx.account.findUnique({ where: { id: accountId } });
      assertMayBeImpersonated(account, clock.now());
      const ended = await endOpen(tx, { impersonatorId: viewer.id });
      const impersonation = await create(tx, { impersonatorId: viewer.id, accountId, reason });
      return { impersonation, ended, account, epoch: impersonator.sessionEpoch };
    });
    await Promise.all(ended.map(announceEnd));
    const actor = { accountId: viewer.id, sessionId: viewer.sessionId, epoch };
    const { id, startedAt: at } = impersonation;
    return { impersonation, access: await issueAccess({ id, account, at, actor }) };
  }

  /** Of two that one person starts at once, one comes after the other. */
  async function lock(tx: Transaction, id: string): Promise<Account> {
    await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    return tx.account.findUniqueOrThrow({ where: { id } });
  }

  async function create(
    tx: Transaction,
    data: Pick<Impersonation, 'impersonatorId' | 'accountId' | 'reason'>,
  ): Promise<Impersonation> {
    const startedAt = clock.now();
    const expiresAt = new Date(startedAt.getTime() + dependencies.accessTokenSeconds * 1_000);
    const id = impersonationIds.create();
    const impersonation = await tx.impersonation.create({ data: { ...data, id, startedAt, expiresAt } });
    await note(tx, 'impersonation.started', impersonation);
    const userId = userIds.encode(data.accountId);
    const message = {
      impersonationId: impersonationIds.encode(id),
      userId,
      expiresAt: expiresAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'impersonation.started', key: userId, data: message });
    await letters.announce(tx, { impersonationId: id });
    return impersonation;
  }

  const note = (tx: Transaction, action: string, { id, accountId, reason, expiresAt }: Impersonation) =>
    audit.record(tx, {
      action,
      subject: { type: 'Impersonation', id: impersonationIds.encode(id) },
      personId: accountId,
      after: { expiresAt: expiresAt.toISOString() },
      reason,
    });

  /** Those that had run out are only closed. Answers the others, whose ends are to be announced. */
  async function endOpen(tx: Transaction, which: { impersonatorId: string; id?: string }): Promise<string[]> {
    const now = clock.now();
    const ended = await tx.impersonation.updateManyAndReturn({
      where: { ...which, endedAt: null },
      data: { endedAt: now },
    });
    const running = ended.filter(({ expiresAt }) => expiresAt > now);
    for (const impersonation of running) {
      await note(tx, 'impersonation.ended', impersonation);
      await addJob(tx, announceRevocation, { sessionId: impersonation.id });
    }
    return running.map(({ id }) => id);
  }

  /** With the token of the impersonation, or with one's own. Where there is none nothing changes. */
  async function end(viewer: Viewer): Promise<void> {
    const ended = await db.$transaction((tx) => endOpen(tx, ownOf(viewer)));
    await Promise.all(ended.map(announceEnd));
  }

  const ownOf = ({ id, impersonatorId, sessionId }: Viewer) =>
    impersonatorId === undefined ? { impersonatorId: id } : { impersonatorId, id: sessionId };

  const current = (viewer: Viewer): Promise<Impersonation | null> =>
    db.impersonation.findFirst({
      where: { ...ownOf(viewer), endedAt: null, expiresAt: { gt: clock.now() } },
    });

  async function forget(): Promise<void> {
    const before = new Date(clock.now().getTime() - keptMs);
    await db.impersonation.deleteMany({ where: { expiresAt: { lt: before } } });
  }

  return { start, end, current, forget, jobs: letters.jobs };
}

import {
  addJob,
  AppError,
  dayMs,
  parseInput,
  type Audit,
  type Clock,
  type Message,
  type Outbox,
} from '@diaspora/kit';
import type { Origin, Page, Viewer } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { erasureIds, userIds } from '../ids.js';
import { mailAboutPrivacy } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import { assertNotLastOwner } from '../organization-members/index.js';
import { assertNotLastSuperUser } from '../super-users/index.js';
import type { ProvePassword } from '../accounts/index.js';
import { isComplete, passwordInput, type ErasureWithParts } from './rules.js';

export type Erasures = ReturnType<typeof createErasures>;

export interface ErasuresDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly provePassword: ProvePassword;
  /** For how long a person can change their mind. */
  readonly erasureDays: number;
}

export const withParts = { include: { parts: true } } as const;

/** Requests of people to be erased, until their beginning, and what the subgraphs answer afterwards. */
export function createErasures(dependencies: ErasuresDependencies) {
  const { db, clock, audit, provePassword, erasureDays } = dependencies;

  /** Refused to those without whom something would be nobody's; looked at again when it begins. */
  async function request(viewer: Viewer, input: unknown, origin: Origin): Promise<ErasureWithParts> {
    const { password } = parseInput(passwordInput, input);
    await provePassword(viewer, password, origin);
    return db.$transaction(async (tx) => {
      await assertCanGo(tx, viewer.id);
      const open = { personId: viewer.id, cancelledAt: null, completedAt: null };
      const endsAt = new Date(clock.now().getTime() + erasureDays * dayMs);
      const id = erasureIds.create();
      // The partial unique index of open erasures decides between two requests at once.
      const { count } = await tx.erasure.createMany({
        data: [{ id, personId: viewer.id, createdAt: clock.now(), endsAt, dueAt: endsAt }],
        skipDuplicates: true,
      });
      const erasure = await tx.erasure.findFirstOrThrow({ where: open, ...withParts });
      if (count === 0) return erasure;
      await recordErasure(audit, tx, 'erasure.requested', erasure);
      await addJob(tx, mailAboutPrivacy, { kind: 'erasureRequested', id });
      return erasure;
    });
  }

  async function cancel(personId: string, id: string): Promise<ErasureWithParts> {
    return db.$transaction(async (tx) => {
      const erasure = await lockErasure(tx, id);
      if (erasure?.personId !== personId)
        throw new AppError('NOT_FOUND', 'There is no such erasure.', { path: ['erasureId'] });
      if (erasure.cancelledAt) return erasure;
      if (erasure.begunAt) throw new AppError('CONFLICT', 'It has begun.', { payload: { erasure } });
      return stop(tx, erasure);
    });
  }

  async function stop(tx: Transaction, erasure: ErasureWithParts): Promise<ErasureWithParts> {
    const { id } = erasure;
    await recordErasure(audit, tx, 'erasure.cancelled', erasure);
    await addJob(tx, mailAboutPrivacy, { kind: 'erasureCancelled', id });
    return tx.erasure.update({ where: { id }, data: { cancelledAt: clock.now() }, ...withParts });
  }

  /** Where somebody else may have asked for it. With the account's row locked, as its beginning does. */
  async function cancelOpen(tx: Transaction, personId: string): Promise<void> {
    const open = await tx.erasure.findFirst({ where: { personId, cancelledAt: null, begunAt: null } });
    const erasure = open && (await lockErasure(tx, open.id));
    if (erasure && !erasure.cancelledAt && !erasure.begunAt) await stop(tx, erasure);
  }

  /** An answer of a subgraph. The first counts: one that is asked again has nothing left to erase. */
  async function receivePart(
    { source, data }: Message<{ erasureId: string; counts: Record<string, number> }>,
    tx: Transaction,
  ): Promise<void> {
    const { erasureId, counts } = data;
    const erasure = await lockErasure(tx, erasureId);
    if (!erasure?.begunAt || erasure.parts.some(({ subgraph }) => subgraph === source)) return;
    const part = { erasureId, subgraph: source, counts, completedAt: clock.now() };
    await tx.erasurePart.create({ data: part });
    if (!isComplete([...erasure.parts, part])) return;
    await tx.erasure.update({ where: { id: erasureId }, data: { completedAt: clock.now() } });
    await recordErasure(audit, tx, 'erasure.completed', erasure);
    await addJob(tx, mailAboutPrivacy, { kind: 'erasureCompleted', id: erasureId });
  }

  const findOpen = (personId: string): Promise<ErasureWithParts | null> =>
    db.erasure.findFirst({ where: { personId, cancelledAt: null, completedAt: null }, ...withParts });

  /** For whom it is about, and for super users. */
  const find = (viewer: Viewer, id: string): Promise<ErasureWithParts | null> => {
    const isTheirs = viewer.roles.includes('SUPER_USER') ? {} : { personId: viewer.id };
    return db.erasure.findFirst({ where: { id, ...isTheirs }, ...withParts });
  };

  const list = (page: Page): Promise<ErasureWithParts[]> =>
    db.erasure.findMany({ where: page.where, orderBy: page.orderBy, take: page.take, ...withParts });

  return { request, cancel, cancelOpen, receivePart, find, findOpen, list };
}

/** The first thing in a transaction that erases somebody: locks super users, then organizations. Throws AppErrors. */
export async function assertCanGo(tx: Transaction, personId: string): Promise<void> {
  await assertNotLastSuperUser(tx, personId);
  await assertNotLastOwner(tx, personId);
}

export async function lockErasure(tx: Transaction, id: string): Promise<ErasureWithParts | null> {
  await tx.$executeRaw`SELECT 1 FROM erasures WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.erasure.findUnique({ where: { id }, ...withParts });
}

export const recordErasure = (
  audit: Audit,
  tx: Transaction,
  action: string,
  { id, personId, endsAt }: Pick<ErasureWithParts, 'id' | 'personId' | 'endsAt'>,
) =>
  audit.record(tx, {
    action,
    subject: { type: 'Erasure', id: erasureIds.encode(id) },
    personId,
    after: { endsAt, userId: userIds.encode(personId) },
  });

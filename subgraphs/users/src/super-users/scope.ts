import { AppError } from '@diaspora/kit';
import type { Prisma, Transaction } from '../database.js';

/** Stands for the row that super users have in common: whoever changes how many can act holds it until the commit. */
const scopeLock = 7_164_002;

/** Super users who can act: those without whom the platform would have no owner. */
export const activeSuperUsers = {
  isSuperUser: true,
  emailVerifiedAt: { not: null },
  suspendedAt: null,
} satisfies Prisma.AccountWhereInput;

/** The first thing in a transaction that takes a super user out of action, before any row is locked. */
export async function lockSuperUsers(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${scopeLock}::bigint)`;
}

/** For whoever acts by being a super user: true, and stays true until the commit. */
export async function standsAsSuperUser(tx: Transaction, accountId: string): Promise<boolean> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${scopeLock}::bigint)`;
  return (await tx.account.count({ where: { ...activeSuperUsers, id: accountId } })) > 0;
}

/** Throws FORBIDDEN unless whoever acts is a super user, and stays one until the commit. */
export async function assertSuperUser(tx: Transaction, accountId: string): Promise<void> {
  if (!(await standsAsSuperUser(tx, accountId))) throw new AppError('FORBIDDEN', 'This is for super users.');
}

/**
 * For every transaction that takes an account out of action (demotion, suspension, erasure): call it first, before any
 * row is locked. Throws AppError LAST_SUPER_USER when nobody else could act as a super user. Holds the scope of super
 * users until the commit, so that of two who would leave at once one stays. Others' accounts cost one read.
 */
export async function assertNotLastSuperUser(tx: Transaction, accountId: string): Promise<void> {
  const isSuperUser = { id: accountId, isSuperUser: true };
  if ((await tx.account.count({ where: isSuperUser })) === 0) return;
  await lockSuperUsers(tx);
  const others = await tx.account.count({ where: { ...activeSuperUsers, id: { not: accountId } } });
  if (others === 0) throw new AppError('LAST_SUPER_USER', 'The platform needs a super user who can act.');
}

import { AppError } from '@diaspora/kit';
import type { Account } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';

/** What is said of every sign-in that fails, whatever it failed by. */
export const invalidCredentials = () =>
  new AppError('INVALID_CREDENTIALS', 'Address or password is wrong, or the address is not proved yet.');

/** What is said to whoever proved to own an account that the platform keeps out. */
const keptOut = ({ terminatedAt, suspendedUntil }: Account) =>
  terminatedAt
    ? new AppError('ACCOUNT_TERMINATED', 'This account was closed. A mail told why.')
    : new AppError('ACCOUNT_SUSPENDED', 'This account is suspended. A mail told why.', {
        typename: 'AccountSuspendedError',
        suspendedUntil,
      });

/** A suspension is over at its end, whether or not its job has come to it. */
export const isKeptOut = (
  { suspendedAt, suspendedUntil }: Pick<Account, 'suspendedAt' | 'suspendedUntil'>,
  now: Date,
): boolean => suspendedAt !== null && (suspendedUntil === null || suspendedUntil > now);

/**
 * Who may have a session, asked with the account's row locked before one is made, and at each exchange of tokens. The
 * one place for what keeps a person out. An unproved address is no different from an unknown one: registering it and
 * signing in would tell whether it was known before. That an account is suspended is for its owner only: ask after the
 * proof, as all do.
 */
export function assertMaySignIn(account: Account, now: Date): void {
  if (!account.emailVerifiedAt) throw invalidCredentials();
  if (isKeptOut(account, now)) throw keptOut(account);
}

/**
 * Before something is done in the name of somebody who is not there to prove anything: a long job goes on, a promise is
 * kept. Throws FORBIDDEN when the account is kept out or gone.
 */
export async function assertMayStillAct(
  client: Pick<Transaction, 'account'>,
  id: string,
  now: Date,
): Promise<void> {
  const account = await client.account.findUnique({ where: { id } });
  if (!account?.emailVerifiedAt || isKeptOut(account, now))
    throw new AppError('FORBIDDEN', 'The account that began this is suspended or closed.');
}

/** As nobody else can change it until the transaction ends: a new password and a sign-in by the old one take turns. */
export async function lockAccount(tx: Transaction, id: string): Promise<Account | null> {
  await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return tx.account.findUnique({ where: { id } });
}

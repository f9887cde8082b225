import { AppError, type Origin, type Viewer } from '@diaspora/kit';
import { compare } from 'bcrypt';
import type { Account } from '../__generated__/prisma/client.js';
import type { Attempts } from '../budgets/index.js';
import type { Db } from '../database.js';
import { passwordKeyOf } from './passwords.js';

interface Dependencies {
  readonly db: Db;
  readonly attempts: Attempts;
}

/** A viewer's own account, its password asked for once more. */
export type ProvePassword = ReturnType<typeof createProvePassword>;

/**
 * Asks whoever is signed in for their password again, before what an unattended device should not do. Answers the account
 * as it was then. Throws RATE_LIMITED, INVALID_CREDENTIALS, or PASSWORD_NOT_SET.
 */
export const createProvePassword =
  ({ db, attempts }: Dependencies) =>
  async (viewer: Pick<Viewer, 'id'>, password: string, origin: Origin): Promise<Account> => {
    const account = await db.account.findUniqueOrThrow({ where: { id: viewer.id } });
    await attempts.begin(account.emailKey, origin);
    if (!account.passwordHash) throw passwordNotSet();
    if (!(await compare(passwordKeyOf(password), account.passwordHash))) throw wrongPassword();
    await attempts.succeed(account.emailKey);
    return account;
  };

const wrongPassword = () =>
  new AppError('INVALID_CREDENTIALS', 'The password is wrong.', { path: ['password'] });

const passwordNotSet = () =>
  new AppError('PASSWORD_NOT_SET', 'This account has no password. Reset it to set one, then try again.', {
    path: ['password'],
  });

import { AppError, parseInput, type Origin, type Viewer } from '@diaspora/kit';
import { hash } from 'bcrypt';
import { z } from 'zod';
import { emailKeyOf, newPassword } from '../accounts/index.js';
import { wrongCode } from '../codes/index.js';
import { assertMailMaySetPassword } from '../factor-resets/index.js';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { CredentialDependencies } from './dependencies.js';

interface PasswordChange {
  readonly accountId: string;
  readonly passwordHash: string;
  readonly action: 'password.changed' | 'password.reset';
  readonly origin: Origin;
  /** Throws when somebody else was first. Under the lock of the account's row. */
  readonly claim: (tx: Transaction) => Promise<void>;
  /** The session that goes on. */
  readonly except?: string;
}

const changedMeanwhile = () =>
  new AppError('CONFLICT', 'The password was changed meanwhile.', { path: ['password'] });

const passwordInput = z.object({ newPassword });

export function createPasswords(dependencies: CredentialDependencies) {
  const { db, clock, audit, attempts, codes, ends, epochs, mailedCodes, notices, secondFactor, bcryptCost } =
    dependencies;

  /** Whoever got in by the old password, or holds a code or a key of that time, is out. */
  async function replace(change: PasswordChange): Promise<void> {
    const { accountId, passwordHash, action, origin, claim, except } = change;
    const epoch = await db.$transaction(async (tx) => {
      const raised = await epochs.raise(tx, accountId);
      await claim(tx);
      const passwordResetAt = action === 'password.reset' ? clock.now() : null;
      await tx.account.update({ where: { id: accountId }, data: { passwordHash, passwordResetAt } });
      await codes.drop(tx, accountId);
      await secondFactor.distrustDevices(tx, accountId);
      await secondFactor.voidReset(tx, accountId);
      await ends.endAll(tx, accountId, { reason: 'PASSWORD_CHANGED', ...(except && { except }) });
      await notices.tell(tx, accountId, { kind: 'passwordChanged', userAgent: origin.userAgent });
      const subject = { type: 'User', id: userIds.encode(accountId) };
      await audit.record(tx, { action, subject, personId: accountId });
      return raised;
    });
    await epochs.announce(accountId, epoch);
  }

  async function changePassword(
    viewer: Viewer,
    input: { password: string; newPassword: string },
    origin: Origin,
  ): Promise<void> {
    const valid = parseInput(passwordInput, input);
    const proved = await dependencies.provePassword(viewer, input.password, origin);
    await replace({
      accountId: viewer.id,
      passwordHash: await hash(valid.newPassword, bcryptCost),
      action: 'password.changed',
      origin,
      except: viewer.sessionId,
      claim: (tx) => assertUnchanged(tx, proved),
    });
  }

  /** The code proves the mailbox. Known and unknown addresses, right and wrong codes take the same time. */
  async function resetPassword(
    input: { email: string; code: string; newPassword: string },
    origin: Origin,
  ): Promise<void> {
    const valid = parseInput(passwordInput, input);
    const emailKey = emailKeyOf(input.email);
    await attempts.begin(emailKey, origin);
    const account = await db.account.findUnique({ where: { emailKey } });
    const guess = { purpose: 'reset-password', accountId: account?.id, emailKey, code: input.code } as const;
    const code = await codes.guess(guess);
    const passwordHash = await hash(valid.newPassword, bcryptCost);
    if (!code) throw wrongCode();
    const { accountId } = code;
    const claim = async (tx: Transaction) => {
      await codes.spend(tx, code);
      assertMailMaySetPassword(await tx.account.findUniqueOrThrow({ where: { id: accountId } }), clock.now());
    };
    await replace({ accountId, passwordHash, action: 'password.reset', origin, claim });
    await attempts.succeed(emailKey);
  }

  return {
    changePassword,
    resetPassword,
    requestPasswordReset: (input: { email: string }, origin: Origin): Promise<void> =>
      mailedCodes.request('reset-password', input, origin),
  };
}

/** Two changes at once: the second was proved by a password that is none any more. */
async function assertUnchanged(tx: Transaction, proved: { id: string; passwordHash: string | null }) {
  const account = await tx.account.findUniqueOrThrow({ where: { id: proved.id } });
  if (account.passwordHash !== proved.passwordHash) throw changedMeanwhile();
}

import { addJob, AppError, parseInput, type Origin, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import { email, emailKeyOf } from '../accounts/index.js';
import type { Account } from '../__generated__/prisma/client.js';
import { wrongCode, type Code } from '../codes/index.js';
import { Prisma, type Transaction } from '../database.js';
import { emailChangeIds, userIds } from '../ids.js';
import { mailNewAddress, noticeEmailChange } from '../jobs.js';
import type { CredentialDependencies } from './dependencies.js';
import { addressChanges, undoMs } from './rules.js';

const newEmailInput = z.object({ newEmail: email });

/** The address of an account, changed by whoever knows the password and reads the new mailbox. */
export function createEmails(dependencies: CredentialDependencies) {
  const { db, clock, audit, attempts, budgets, codes, epochs, provePassword, secondFactor } = dependencies;

  /** The answer is the same for addresses of others: the job finds out. */
  async function changeEmail(
    viewer: Viewer,
    input: { password: string; newEmail: string },
    origin: Origin,
  ): Promise<void> {
    const { newEmail } = parseInput(newEmailInput, input);
    await attempts.request(origin);
    const { emailKey } = await provePassword(viewer, input.password, origin);
    if (emailKeyOf(newEmail) === emailKey)
      throw new AppError('INVALID_INPUT', 'This is your address already.', { path: ['newEmail'] });
    await budgets.spend(addressChanges, viewer.id);
    const job = { accountId: viewer.id, email: newEmail };
    await db.$transaction((tx) =>
      addJob(tx, mailNewAddress, job, { jobKey: `mail-new-address:${viewer.id}` }),
    );
  }

  async function confirmEmailChange(viewer: Viewer, input: { code: string }, origin: Origin): Promise<void> {
    const account = await db.account.findUniqueOrThrow({ where: { id: viewer.id } });
    const { emailKey } = account;
    await attempts.begin(emailKey, origin);
    const guess = { purpose: 'change-email', accountId: viewer.id, emailKey, code: input.code } as const;
    const code = await codes.guess(guess);
    if (!code) throw wrongCode();
    const epoch = await db.$transaction((tx) => move(tx, account, code, origin)).catch(takenMeanwhile);
    await epochs.announce(viewer.id, epoch);
    await attempts.succeed(emailKey);
  }

  async function move(tx: Transaction, known: Account, code: Code, origin: Origin): Promise<number> {
    const accountId = known.id;
    const epoch = await epochs.raise(tx, accountId);
    await codes.spend(tx, code);
    await codes.drop(tx, accountId);
    await secondFactor.voidReset(tx, accountId);
    const newEmail = code.target!;
    const emailKey = emailKeyOf(newEmail);
    await giveWay(tx, emailKey);
    const now = clock.now();
    await tx.account.update({ where: { id: accountId }, data: { email: newEmail, emailKey } });
    const { id } = await tx.emailChange.create({
      data: {
        id: emailChangeIds.create(),
        accountId,
        oldEmail: known.email,
        changedAt: now,
        undoUntil: new Date(now.getTime() + undoMs),
        userAgent: origin.userAgent,
      },
    });
    await addJob(tx, noticeEmailChange, { emailChangeId: id });
    await audit.record(tx, {
      action: 'email.changed',
      subject: { type: 'User', id: userIds.encode(accountId) },
      personId: accountId,
      before: { email: known.email },
      after: { email: newEmail },
    });
    return epoch;
  }

  return { changeEmail, confirmEmailChange };
}

/** A registration that was never proved is nobody's: whoever proves the address has it. */
export const giveWay = (tx: Transaction, emailKey: string) =>
  tx.account.deleteMany({ where: { emailKey, emailVerifiedAt: null, erasedAt: null } });

/** The unique index decides who has an address. */
export function takenMeanwhile(error: unknown): never {
  const isTaken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
  throw isTaken ? new AppError('CONFLICT', 'This address belongs to an account by now.') : error;
}

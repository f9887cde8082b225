import { AppError, type Origin } from '@diaspora/kit';
import type { EmailChange } from '../__generated__/prisma/client.js';
import { emailKeyOf } from '../accounts/index.js';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { CredentialDependencies } from './dependencies.js';
import { giveWay, takenMeanwhile } from './emails.js';
import { undoMs } from './rules.js';

const uselessKey = () =>
  new AppError('INVALID_INPUT', 'This key is wrong, used or too old.', { path: ['key'] });

/**
 * Takes a change of address back, by the key that was mailed to the old one. Whoever made the change knew the password,
 * perhaps for days: it goes, and so does what was set up since a week before the change. The owner sets a new password by a code to the old address.
 */
export function createEmailUndo(dependencies: CredentialDependencies) {
  const { db, clock, audit, attempts, codes, ends, epochs, notices, secondFactor, undoKeys } = dependencies;

  async function undoEmailChange(input: { key: string }, origin: Origin): Promise<void> {
    await attempts.request(origin);
    const id = undoKeys.read(input.key);
    if (!id) throw uselessKey();
    const { accountId, epoch } = await db.$transaction((tx) => undo(tx, id, origin)).catch(takenMeanwhile);
    await epochs.announce(accountId, epoch);
  }

  async function undo(
    tx: Transaction,
    id: string,
    origin: Origin,
  ): Promise<{ accountId: string; epoch: number }> {
    const known = await tx.emailChange.findUnique({ where: { id } });
    if (!known) throw uselessKey();
    const { accountId } = known;
    const epoch = await epochs.raise(tx, accountId);
    const change = await claim(tx, known);
    const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
    const emailKey = emailKeyOf(change.oldEmail);
    await giveWay(tx, emailKey);
    const since = new Date(change.changedAt.getTime() - undoMs);
    const hasPhoneSince = account.phoneVerifiedAt !== null && account.phoneVerifiedAt >= since;
    const data = {
      email: change.oldEmail,
      emailKey,
      passwordHash: null,
      ...(hasPhoneSince && { phoneNumber: null, phoneVerifiedAt: null }),
    };
    await tx.account.update({ where: { id: accountId }, data });
    await codes.drop(tx, accountId);
    await secondFactor.removeSince(tx, account, since);
    await dependencies.dropIdentities(tx, accountId, since);
    await dependencies.cancelErasure(tx, accountId);
    await ends.endAll(tx, accountId, { reason: 'EMAIL_CHANGE_UNDONE' });
    await notices.tell(tx, accountId, { kind: 'emailChangeUndone', userAgent: origin.userAgent });
    await audit.record(tx, {
      action: 'email.changeUndone',
      subject: { type: 'User', id: userIds.encode(accountId) },
      personId: accountId,
      before: { email: account.email },
      after: { email: change.oldEmail },
    });
    return { accountId, epoch };
  }

  /** Under the lock of the account's row. Later changes are void with it: their keys went to mailboxes of others. */
  async function claim(tx: Transaction, { id, accountId }: EmailChange): Promise<EmailChange> {
    const change = await tx.emailChange.findFirst({ where: { id, undoUntil: { gt: clock.now() } } });
    if (!change) throw uselessKey();
    await tx.emailChange.deleteMany({ where: { accountId, changedAt: { gte: change.changedAt } } });
    return change;
  }

  /** Drops changes that nobody can take back any more. */
  const forgetEmailChanges = async (): Promise<void> => {
    await db.emailChange.deleteMany({ where: { undoUntil: { lte: clock.now() } } });
  };

  return { undoEmailChange, forgetEmailChanges };
}

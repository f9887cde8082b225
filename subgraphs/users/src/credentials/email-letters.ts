import { deviceName } from '../device-name.js';
import { emailKeyOf, mailboxMails, writeInstant, writeLetter } from '../accounts/index.js';
import type { CredentialDependencies } from './dependencies.js';
import { undoDays } from './rules.js';

/** The jobs that write to the new and to the old address. */
export function createEmailLetters({ db, mailer, budgets, codes, undoKeys }: CredentialDependencies) {
  /** A code, or to the owner of an account that has this address already, a word. */
  async function sendToNewAddress({ accountId, email }: { accountId: string; email: string }): Promise<void> {
    const include = { profile: true };
    const account = await db.account.findUnique({ where: { id: accountId }, include });
    const emailKey = emailKeyOf(email);
    if (!account || !(await budgets.take(mailboxMails, emailKey))) return;
    const owner = await db.account.findUnique({
      where: { emailKey, emailVerifiedAt: { not: null } },
      include,
    });
    const languages = (owner ?? account).profile?.languages ?? [];
    try {
      const letter = owner
        ? writeLetter('alreadyRegistered', {}, languages)
        : writeLetter('newAddress', { code: await codes.issue('change-email', account, email) }, languages);
      await mailer.send({ to: email, ...letter });
    } catch (error) {
      await budgets.giveBack(mailboxMails, emailKey);
      throw error;
    }
  }

  /** To the old address, with the key that takes the change back. */
  async function sendToOldAddress(
    { emailChangeId }: { emailChangeId: string },
    jobId: string,
  ): Promise<void> {
    const change = await db.emailChange.findUnique({
      where: { id: emailChangeId },
      include: { account: { include: { profile: true } } },
    });
    if (!change) return;
    const languages = change.account.profile?.languages ?? [];
    const facts = {
      at: writeInstant(change.changedAt, languages),
      device: deviceName(change.userAgent),
      days: undoDays,
      key: undoKeys.write(change.id),
    };
    const letter = writeLetter('emailChanged', facts, languages);
    await mailer.send({ to: change.oldEmail, ...letter, id: `notice:${jobId}` });
  }

  return { sendToNewAddress, sendToOldAddress };
}

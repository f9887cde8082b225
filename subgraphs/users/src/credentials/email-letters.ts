import { createHmac, timingSafeEqual } from 'node:crypto';
import { deviceName } from '../device-name.js';
import { emailKeyOf, mailboxMails, writeInstant, writeLetter } from '../accounts/index.js';
import { emailChangeIds } from '../ids.js';
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

export type UndoKeys = ReturnType<typeof createUndoKeys>;

/** Keys that take a change of address back: derived from its id, so that none is kept. */
export function createUndoKeys(secret: string) {
  const tagOf = (id: string) => createHmac('sha256', secret).update(`undo-email:${id}`).digest();
  return {
    write: (id: string): string => `${emailChangeIds.encode(id)}.${tagOf(id).toString('base64url')}`,
    /** The id of the change; undefined for everything that is no key of ours. */
    read: (key: string): string | undefined => {
      const [, text = '', tag = ''] = /^(\w{30})\.([\w-]{43})$/.exec(key.trim()) ?? [];
      const id = emailChangeIds.find(text);
      return id !== null && timingSafeEqual(Buffer.from(tag, 'base64url'), tagOf(id)) ? id : undefined;
    },
  };
}

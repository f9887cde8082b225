import type { Mailer } from '@diaspora/kit';
import { writeInstant } from '../accounts/index.js';
import type { Db } from '../database.js';
import { writePrivacyLetter, type PrivacyLetterKind } from './letters.js';

interface Reader {
  readonly email: string;
  readonly languages: readonly string[];
  /** What the letter names. */
  readonly at: Date;
}

/** The job of mails about exports and erasures. An attempt that is repeated sends the same mail. */
export const createPrivacyMails = ({ db, mailer }: { readonly db: Db; readonly mailer: Mailer }) => {
  async function readerOf(kind: PrivacyLetterKind, id: string): Promise<Reader | null> {
    const subject =
      kind === 'dataExportReady'
        ? await db.dataExport.findUnique({ where: { id } })
        : await db.erasure.findUnique({ where: { id } });
    if (!subject) return null;
    const at = 'endsAt' in subject ? subject.endsAt : subject.expiresAt;
    if (kind === 'erasureCompleted' && 'email' in subject)
      return subject.email === null ? null : { email: subject.email, languages: subject.languages, at };
    const account = await db.account.findUnique({
      where: { id: subject.personId, erasedAt: null },
      include: { profile: true },
    });
    return account && { email: account.email, languages: account.profile?.languages ?? [], at };
  }

  return async ({ kind, id }: { kind: PrivacyLetterKind; id: string }): Promise<void> => {
    const reader = await readerOf(kind, id);
    if (!reader) return;
    const { email, languages, at } = reader;
    const letter = writePrivacyLetter(kind, { at: writeInstant(at, languages) }, languages);
    await mailer.send({ to: email, ...letter, id: `${kind}:${id}` });
    // The last thing that was kept of the person.
    if (kind === 'erasureCompleted')
      await db.erasure.update({ where: { id }, data: { email: null, languages: [] } });
  };
};

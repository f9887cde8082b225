import type { Viewer } from '@diaspora/kit';
import type { Account } from '../__generated__/prisma/client.js';
import type { CredentialDependencies } from './dependencies.js';
import { createEmailLetters } from './email-letters.js';
import { createEmailUndo } from './email-undo.js';
import { createEmails } from './emails.js';
import { createPasswords } from './passwords.js';
import { createPhones } from './phones.js';

/** What a person signs in with, and how it is changed. */
export function createCredentials(dependencies: CredentialDependencies) {
  return {
    ...createPasswords(dependencies),
    ...createEmails(dependencies),
    ...createEmailUndo(dependencies),
    ...createEmailLetters(dependencies),
    ...createPhones(dependencies),
    find: (viewer: Viewer): Promise<Account> =>
      dependencies.db.account.findUniqueOrThrow({ where: { id: viewer.id } }),
  };
}

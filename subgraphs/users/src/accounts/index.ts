import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createAccounts, type Accounts } from './service.js';
export { createNotices, type Notices } from './notices.js';
export {
  assertMaySignIn,
  assertMayStillAct,
  invalidCredentials,
  isKeptOut,
  lockAccount,
} from './standing.js';
export { createMailedCodes, type MailedCodes } from './mailed-codes.js';
export { newPassword, passwordKeyOf } from './passwords.js';
export type { ProvePassword } from './proving.js';
export { email, emailKeyOf, mailboxMails } from './rules.js';
export {
  letterLanguage,
  writeInstant,
  writeLetter,
  type Letter,
  type LetterLanguage,
} from './letters/index.js';

export const accountsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };

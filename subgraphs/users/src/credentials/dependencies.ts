import type { Audit, Clock, Mailer } from '@diaspora/kit';
import type { MailedCodes, Notices, ProvePassword } from '../accounts/index.js';
import type { Attempts, Budgets } from '../budgets/index.js';
import type { Codes, LetterKeys } from '../codes/index.js';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import type { AccountSecondFactor } from '../factors/index.js';
import type { Ends } from '../sessions/index.js';
import type { Texting } from '../texting/index.js';

export interface CredentialDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly mailer: Mailer;
  readonly texting: Texting;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly budgets: Budgets;
  readonly codes: Codes;
  readonly ends: Pick<Ends, 'endAll'>;
  readonly epochs: Epochs;
  readonly secondFactor: Pick<AccountSecondFactor, 'distrustDevices' | 'removeSince' | 'voidReset'>;
  readonly mailedCodes: MailedCodes;
  readonly notices: Notices;
  readonly provePassword: ProvePassword;
  /** Other sites that were linked since then. */
  readonly dropIdentities: (tx: Transaction, accountId: string, since: Date) => Promise<void>;
  /** An erasure that was asked for and has not begun. */
  readonly cancelErasure: (tx: Transaction, accountId: string) => Promise<void>;
  readonly undoKeys: LetterKeys;
  readonly bcryptCost: number;
}

import type { Origin } from '@diaspora/kit';
import type { Account } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import type { SecondMethod } from './methods.js';

/** One of the two, as the person typed it. */
export type FactorProof = { readonly code: string } | { readonly recoveryCode: string };

/**
 * What stands between a proof and a session, for accounts that have set it up (`secondFactorAt`). The slice `factors`
 * knows. Everything here is asked under the lock of the account's row.
 */
export interface SecondFactor {
  /** Whether the token is that of a device which the person trusts. */
  isTrusted(tx: Transaction, account: Account, deviceToken: string): Promise<boolean>;
  /** Spends a code: it is good once. Undefined when it is wrong. */
  spend(
    tx: Transaction,
    account: Account,
    attempt: { readonly proof: FactorProof; readonly origin: Origin },
  ): Promise<SecondMethod | undefined>;
  /** A token by which this device is asked for no code for a while. */
  trust(tx: Transaction, account: Account, origin: Origin): Promise<string>;
}

import { AppError } from '@diaspora/kit';
import type { MailedCodes } from '../accounts/index.js';
import type { Account } from '../__generated__/prisma/client.js';
import type { Code, Codes } from '../codes/index.js';
import type { Transaction } from '../database.js';
import type { Challenge, Challenges } from './challenges.js';
import type { SignInMethod } from './methods.js';
import type { FactorProof } from './second-factor.js';

export interface AfterResetDependencies {
  readonly codes: Codes;
  readonly mailedCodes: MailedCodes;
}

/**
 * The first sign-in after a reset of the second factor (`factorResetAt`): by the password and a code to the address.
 * Nothing else stands for the password: another site that vouches may ask no more than the mailbox, as a mailed code does.
 */
export function createAfterReset(dependencies: AfterResetDependencies & { readonly challenges: Challenges }) {
  const { codes, mailedCodes, challenges } = dependencies;
  return {
    /** The mail leaves with the challenge. Throws PASSWORD_REQUIRED when something else was proved. */
    challenge: async (tx: Transaction, account: Account, method: SignInMethod): Promise<Challenge> => {
      if (method !== 'password') throw passwordRequired();
      await mailedCodes.add(tx, 'second-factor', account.emailKey);
      return { ...(await challenges.open(tx, account, method)), isCodeMailed: true };
    },

    /** Counted before the transaction, so that a wrong guess stays counted. Undefined for all that is no right code. */
    guess: async (account: Account, proof: FactorProof): Promise<Code | undefined> => {
      if (!account.factorResetAt || !('code' in proof)) return undefined;
      const { id: accountId, emailKey } = account;
      return codes.guess({ purpose: 'second-factor', accountId, emailKey, code: proof.code });
    },

    /** Under the lock of the account's row. From here on the account signs in as any other. */
    spend: async (
      tx: Transaction,
      { id }: Account,
      code: Code | undefined,
    ): Promise<'emailCode' | undefined> => {
      if (!code) return undefined;
      await codes.spend(tx, code);
      await tx.account.update({ where: { id }, data: { factorResetAt: null } });
      return 'emailCode';
    },
  };
}

const passwordRequired = () =>
  new AppError(
    'PASSWORD_REQUIRED',
    'The second factor of this account was reset: sign in with the password first.',
  );

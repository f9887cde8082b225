import type { Origin } from '@diaspora/kit';
import { emailKeyOf, type MailedCodes } from '../accounts/index.js';
import type { Attempts } from '../budgets/index.js';
import { wrongCode, type Codes } from '../codes/index.js';
import type { Db, Transaction } from '../database.js';
import type { SignedIn, SignInAs } from './sign-in.js';

export interface EmailCodeDependencies {
  readonly db: Db;
  readonly attempts: Attempts;
  readonly codes: Codes;
  readonly mailedCodes: MailedCodes;
}

/** Signing in by a code to the proved address. */
export function createEmailCodes(dependencies: EmailCodeDependencies & { readonly signInAs: SignInAs }) {
  const { db, attempts, codes, mailedCodes, signInAs } = dependencies;
  return {
    requestEmailCode: (input: { email: string }, origin: Origin): Promise<void> =>
      mailedCodes.request('sign-in', input, origin),

    loginWithEmailCode: async (
      input: { email: string; code: string; deviceToken?: string | null | undefined },
      origin: Origin,
    ): Promise<SignedIn> => {
      const emailKey = emailKeyOf(input.email);
      await attempts.begin(emailKey, origin);
      const account = await db.account.findUnique({ where: { emailKey } });
      const code = await codes.guess({
        purpose: 'sign-in',
        accountId: account?.id,
        emailKey,
        code: input.code,
      });
      if (!account || !code) throw wrongCode();
      const { deviceToken } = input;
      const spend = (tx: Transaction) => codes.spend(tx, code);
      return signInAs(account, { method: 'emailCode', origin, spend, deviceToken });
    },
  };
}

import { createHmac, randomInt } from 'node:crypto';
import type { Transaction } from '../database.js';

const codeCount = 10;
/** Crockford's base32: nothing in it looks like something else. Ten of them are 50 bits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const draw = (): string => {
  const letters = Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
};

/** As people write it down and type it in. */
const keyOf = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');

/** For when the authenticator is lost: each good once, hashed at rest, shown when they are made and never again. */
export function createRecoveryCodes({ secret }: { secret: string }) {
  const hashOf = (accountId: string, code: string): string =>
    createHmac('sha256', secret)
      .update(`recovery-code:${accountId}:${keyOf(code)}`)
      .digest('hex');

  return {
    /** New ones in place of all before. */
    make: async (tx: Transaction, accountId: string): Promise<string[]> => {
      const drawn = Array.from({ length: codeCount }, draw);
      await tx.recoveryCode.deleteMany({ where: { accountId } });
      await tx.recoveryCode.createMany({
        data: drawn.map((code) => ({ accountId, codeHash: hashOf(accountId, code) })),
      });
      return drawn;
    },

    spend: async (tx: Transaction, accountId: string, code: string): Promise<boolean> => {
      const { count } = await tx.recoveryCode.deleteMany({
        where: { accountId, codeHash: hashOf(accountId, code) },
      });
      return count > 0;
    },

    remove: async (tx: Transaction, accountId: string): Promise<void> => {
      await tx.recoveryCode.deleteMany({ where: { accountId } });
    },
  };
}

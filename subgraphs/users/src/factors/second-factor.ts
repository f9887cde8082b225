import type { Clock } from '@diaspora/kit';
import type { Account } from '../__generated__/prisma/client.js';
import type { Notices } from '../accounts/index.js';
import type { Db, Transaction } from '../database.js';
import type { SecondFactor } from '../sessions/index.js';
import { createRecoveryCodes } from './recovery-codes.js';
import { createTotp } from './totp.js';
import { createTrustedDevices } from './trusted-devices.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly secret: string;
  /** A reset that is open decides about the factor as it was: whatever shows that its owner is there ends it. */
  readonly voidReset: (tx: Transaction, accountId: string) => Promise<void>;
}

export type AccountSecondFactor = ReturnType<typeof createSecondFactor>;

/** The second factor of an account, as signing in asks for it. */
export function createSecondFactor(dependencies: Dependencies) {
  const { notices, voidReset } = dependencies;
  const totp = createTotp(dependencies);
  const recoveryCodes = createRecoveryCodes(dependencies);
  const devices = createTrustedDevices(dependencies);

  const asked: SecondFactor = {
    isTrusted: (tx, { id }, deviceToken) => devices.isTrusted(tx, id, deviceToken),
    trust: (tx, { id }, origin) => devices.trust(tx, id, origin),
    spend: async (tx, { id }, { proof, origin }) => {
      if ('code' in proof) {
        const isRight = await totp.spend(tx, id, { code: proof.code, isConfirmed: true });
        if (!isRight) return undefined;
        await voidReset(tx, id);
        return 'totp';
      }
      if (!(await recoveryCodes.spend(tx, id, proof.recoveryCode))) return undefined;
      await voidReset(tx, id);
      await notices.tell(tx, id, { kind: 'recoveryCodeUsed', userAgent: origin.userAgent });
      return 'recoveryCode';
    },
  };

  /** With everything that belongs to it. Under the lock of the account's row. */
  async function remove(tx: Transaction, accountId: string): Promise<void> {
    await voidReset(tx, accountId);
    await tx.account.update({ where: { id: accountId }, data: { secondFactorAt: null } });
    await totp.remove(tx, accountId);
    await recoveryCodes.remove(tx, accountId);
    await devices.forgetAll(tx, accountId);
  }

  return {
    ...asked,
    totp,
    recoveryCodes,
    devices,
    remove,
    /** What was set up then or later is not the work of whoever owned the account before. */
    removeSince: async (tx: Transaction, { id, secondFactorAt }: Account, since: Date): Promise<void> => {
      await voidReset(tx, id);
      await tx.account.update({ where: { id }, data: { factorResetAt: null } });
      if (secondFactorAt && secondFactorAt >= since) await remove(tx, id);
      await devices.forgetAll(tx, id);
    },
    /** They go with the password that vouched for them. */
    distrustDevices: (tx: Transaction, accountId: string): Promise<void> => devices.forgetAll(tx, accountId),
    voidReset,
  };
}

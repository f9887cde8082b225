import { AppError, type Audit, type Clock, type Origin, type Viewer } from '@diaspora/kit';
import type { Account, TrustedDevice } from '../__generated__/prisma/client.js';
import { lockAccount, type Notices, type ProvePassword } from '../accounts/index.js';
import type { Attempts } from '../budgets/index.js';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { trustedDeviceIds, userIds } from '../ids.js';
import { addMethod, type Ends } from '../sessions/index.js';
import type { AccountSecondFactor } from './second-factor.js';
import type { TotpSecret } from './totp.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly ends: Pick<Ends, 'endAll'>;
  readonly epochs: Epochs;
  readonly notices: Notices;
  readonly provePassword: ProvePassword;
  readonly secondFactor: AccountSecondFactor;
}

/** The second factor of an account: set up, replaced and removed by its owner. Each change raises the epoch. */
export function createFactors(dependencies: Dependencies) {
  const { db, clock, audit, attempts, ends, epochs, notices, provePassword } = dependencies;
  const { totp, recoveryCodes, devices, remove, voidReset } = dependencies.secondFactor;

  /** Takes the password: an unattended device must not lock its owner out. */
  async function enrolTotp(viewer: Viewer, input: { password: string }, origin: Origin): Promise<TotpSecret> {
    const account = await provePassword(viewer, input.password, origin);
    const secret = await db.$transaction(async (tx) => {
      await lockAccount(tx, viewer.id);
      return totp.enrol(tx, account);
    });
    if (!secret) throw new AppError('CONFLICT', 'There is an authenticator app already. Disable it first.');
    return secret;
  }

  /** From here on the account asks for codes. Answers recovery codes, which nobody sees again. */
  async function confirmTotp(viewer: Viewer, input: { code: string }, origin: Origin): Promise<string[]> {
    const { emailKey } = await db.account.findUniqueOrThrow({ where: { id: viewer.id } });
    await attempts.begin(emailKey, origin);
    const made = await change(viewer.id, async (tx) => {
      const isRight = await totp.spend(tx, viewer.id, { code: input.code, isConfirmed: false });
      if (!isRight) throw wrongTotp();
      await tx.account.update({ where: { id: viewer.id }, data: { secondFactorAt: clock.now() } });
      await ends.endAll(tx, viewer.id, { reason: 'SECOND_FACTOR_ENABLED', except: viewer.sessionId });
      await addMethod(tx, viewer.sessionId, 'totp');
      await note(tx, viewer.id, 'factor.enabled');
      await notices.tell(tx, viewer.id, { kind: 'secondFactorEnabled', userAgent: origin.userAgent });
      return recoveryCodes.make(tx, viewer.id);
    });
    await attempts.succeed(emailKey);
    return made;
  }

  /** Also where there is none, so that a repeated call answers the same. */
  async function disableTotp(viewer: Viewer, input: { password: string }, origin: Origin): Promise<void> {
    await provePassword(viewer, input.password, origin);
    await change(viewer.id, async (tx) => {
      const { secondFactorAt } = await find(tx, viewer.id);
      await remove(tx, viewer.id);
      if (!secondFactorAt) return;
      await note(tx, viewer.id, 'factor.disabled');
      await notices.tell(tx, viewer.id, { kind: 'secondFactorDisabled', userAgent: origin.userAgent });
    });
  }

  async function regenerateRecoveryCodes(
    viewer: Viewer,
    input: { password: string },
    origin: Origin,
  ): Promise<string[]> {
    await provePassword(viewer, input.password, origin);
    return change(viewer.id, async (tx) => {
      const { secondFactorAt } = await find(tx, viewer.id);
      if (!secondFactorAt) throw new AppError('CONFLICT', 'Set up an authenticator app first.');
      await voidReset(tx, viewer.id);
      await note(tx, viewer.id, 'factor.recoveryCodesMade');
      await notices.tell(tx, viewer.id, { kind: 'recoveryCodesMade', userAgent: origin.userAgent });
      return recoveryCodes.make(tx, viewer.id);
    });
  }

  async function forgetTrustedDevice(viewer: Viewer, deviceId: string): Promise<void> {
    await db.$transaction(async (tx) => {
      await devices.forgetOne(tx, viewer.id, deviceId);
      const subject = { type: 'TrustedDevice', id: trustedDeviceIds.encode(deviceId) };
      await audit.record(tx, { action: 'factor.deviceForgotten', subject, personId: viewer.id });
    });
  }

  /** Under the lock of the account's row, as signing in is: what was proved before it proves nothing after it. */
  async function change<Result>(
    accountId: string,
    work: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> {
    const { epoch, result } = await db.$transaction(async (tx) => ({
      epoch: await epochs.raise(tx, accountId),
      result: await work(tx),
    }));
    await epochs.announce(accountId, epoch);
    return result;
  }

  const find = (tx: Transaction, id: string): Promise<Account> =>
    tx.account.findUniqueOrThrow({ where: { id } });

  const note = (tx: Transaction, personId: string, action: string) =>
    audit.record(tx, { action, subject: { type: 'User', id: userIds.encode(personId) }, personId });

  return {
    enrolTotp,
    confirmTotp,
    disableTotp,
    regenerateRecoveryCodes,
    forgetTrustedDevice,
    recoveryCodesLeft: (accountId: string): Promise<number> =>
      db.recoveryCode.count({ where: { accountId } }),
    trustedDevices: (accountId: string): Promise<TrustedDevice[]> => devices.list(accountId),
    forgetExpired: devices.forgetExpired,
  };
}

const wrongTotp = () =>
  new AppError('INVALID_INPUT', 'The code is wrong. Does the clock of the device go right?', {
    path: ['code'],
  });

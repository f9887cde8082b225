import { generateSecret, generateURI, verify } from 'otplib';
import { createSealer, type Clock } from '@diaspora/kit';
import type { Transaction } from '../database.js';

/** What an authenticator app is set up with. */
export interface TotpSecret {
  /** Base32, for typing. */
  readonly secret: string;
  /** `otpauth://`, for a QR code. */
  readonly uri: string;
}

const issuer = 'Diaspora';

/** A code is accepted one period of 30 seconds early or late: clocks differ, and people take their time. */
const toleranceSeconds = 30;

/** Time-based one-time passwords (RFC 6238). The secret is sealed at rest. */
export function createTotp({ clock, secret }: { clock: Clock; secret: string }) {
  const sealer = createSealer(secret, 'totp');

  /** The time step the code belongs to; undefined for a wrong one, and for one of a step that was used already. */
  async function stepOf(sealed: string, code: string, lastStep: number | null): Promise<number | undefined> {
    const token = code.replaceAll(/\s/g, '');
    if (!/^\d{6}$/.test(token)) return undefined;
    const epoch = Math.floor(clock.now().getTime() / 1_000);
    const result = await verify({
      secret: sealer.open(sealed),
      token,
      epoch,
      epochTolerance: toleranceSeconds,
    });
    const step = result.valid && 'timeStep' in result ? result.timeStep : undefined;
    return step !== undefined && step > (lastStep ?? -1) ? step : undefined;
  }

  return {
    /** A new secret, which counts once it is confirmed; undefined when there is one that does. Under the lock, as below. */
    enrol: async (
      tx: Transaction,
      account: { id: string; email: string },
    ): Promise<TotpSecret | undefined> => {
      const plain = generateSecret();
      const written = await tx.$executeRaw`
        INSERT INTO totp_factors AS f (account_id, sealed_secret, created_at)
        VALUES (${account.id}::uuid, ${sealer.seal(plain)}, ${clock.now()})
        ON CONFLICT (account_id) DO UPDATE SET
          sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
        WHERE f.confirmed_at IS NULL`;
      if (written === 0) return undefined;
      return { secret: plain, uri: generateURI({ issuer, label: account.email, secret: plain }) };
    },

    /**
     * Spends a code of the secret that counts or, to confirm it, of the one that does not yet. Under the lock of the
     * account's row: a step is used once, however many bring its code at once.
     */
    spend: async (
      tx: Transaction,
      accountId: string,
      { code, isConfirmed }: { code: string; isConfirmed: boolean },
    ): Promise<boolean> => {
      const factor = await tx.totpFactor.findUnique({ where: { accountId } });
      if (!factor || (factor.confirmedAt !== null) !== isConfirmed) return false;
      const step = await stepOf(factor.sealedSecret, code, factor.lastStep);
      if (step === undefined) return false;
      const confirmedAt = factor.confirmedAt ?? clock.now();
      await tx.totpFactor.update({ where: { accountId }, data: { lastStep: step, confirmedAt } });
      return true;
    },

    remove: async (tx: Transaction, accountId: string): Promise<void> => {
      await tx.totpFactor.deleteMany({ where: { accountId } });
    },
  };
}

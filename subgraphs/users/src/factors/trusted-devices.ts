import { createHash, randomBytes } from 'node:crypto';
import { AppError, dayMs, type Clock, type Origin } from '@diaspora/kit';
import type { TrustedDevice } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { trustedDeviceIds } from '../ids.js';

const lifetimeMs = 30 * dayMs;
const mostDevices = 20;

/** Devices that are asked for no code for a while. What they show is a token; its hash is kept. */
export function createTrustedDevices({ db, clock }: { db: Db; clock: Clock }) {
  const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
  const current = (accountId: string) => ({ accountId, expiresAt: { gt: clock.now() } });

  return {
    isTrusted: async (tx: Transaction, accountId: string, token: string): Promise<boolean> => {
      const { count } = await tx.trustedDevice.updateMany({
        where: { ...current(accountId), tokenHash: hashOf(token) },
        data: { lastUsedAt: clock.now() },
      });
      return count > 0;
    },

    /** The ones used longest ago make room. */
    trust: async (tx: Transaction, accountId: string, origin: Origin): Promise<string> => {
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      const id = trustedDeviceIds.create();
      const expiresAt = new Date(now.getTime() + lifetimeMs);
      const seen = { createdAt: now, lastUsedAt: now, expiresAt };
      await tx.trustedDevice.create({
        data: { id, accountId, tokenHash: hashOf(token), ...origin, ...seen },
      });
      const surplus = await tx.trustedDevice.findMany({
        where: { accountId },
        orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
        skip: mostDevices,
        select: { id: true },
      });
      await tx.trustedDevice.deleteMany({ where: { id: { in: surplus.map((device) => device.id) } } });
      return token;
    },

    list: (accountId: string): Promise<TrustedDevice[]> =>
      db.trustedDevice.findMany({
        where: current(accountId),
        orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
        take: mostDevices,
      }),

    forgetOne: async (tx: Transaction, accountId: string, id: string): Promise<void> => {
      const { count } = await tx.trustedDevice.deleteMany({ where: { id, accountId } });
      if (count === 0) throw new AppError('NOT_FOUND', 'There is no such device.', { path: ['deviceId'] });
    },

    forgetAll: async (tx: Transaction, accountId: string): Promise<void> => {
      await tx.trustedDevice.deleteMany({ where: { accountId } });
    },

    forgetExpired: async (): Promise<void> => {
      await db.trustedDevice.deleteMany({ where: { expiresAt: { lte: clock.now() } } });
    },
  };
}

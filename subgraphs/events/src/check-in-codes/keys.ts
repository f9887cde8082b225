import { createSigningKeys, dayMs, type Clock, type SigningKeys } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly secret: string;
}

export const algorithm = 'EdDSA';

/** Their signatures are good for ever; doors without a connection fetch the keys days ahead. */
export const createCheckInKeys = (dependencies: Dependencies): SigningKeys =>
  createSigningKeys<Transaction>({
    ...dependencies,
    tableOf: (client) => client.checkInKey,
    purpose: 'check-in-keys',
    algorithm,
    signingMs: 365 * dayMs,
    leadMs: 14 * dayMs,
    goodForMs: Infinity,
  });

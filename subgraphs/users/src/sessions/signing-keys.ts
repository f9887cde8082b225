import { createSigningKeys, hourMs, type Clock, type SigningKeys } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { clockMarginSeconds } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly secret: string;
  readonly signingSeconds: number;
  /** How long the longest token lives. */
  readonly tokenSeconds: number;
}

/** What tokens are signed with. Verifiers remember a set for minutes. */
export const createTokenKeys = ({
  signingSeconds,
  tokenSeconds,
  ...dependencies
}: Dependencies): SigningKeys =>
  createSigningKeys<Transaction>({
    ...dependencies,
    tableOf: (client) => client.signingKey,
    purpose: 'signing-keys',
    algorithm: 'RS256',
    signingMs: signingSeconds * 1_000,
    leadMs: hourMs,
    goodForMs: (tokenSeconds + clockMarginSeconds) * 1_000,
  });

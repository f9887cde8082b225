import { createHash, randomBytes } from 'node:crypto';

/** What a program is given once, and what is kept of it. */
export interface DrawnSecret {
  readonly secret: string;
  readonly hash: string;
  readonly hint: string;
}

/** Nobody guesses 256 random bits, so a plain hash keeps them. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The prefix lets people, and programs that look for leaked secrets, know one when they see it. */
export function drawSecret(prefix: 'dsk' | 'dss'): DrawnSecret {
  const secret = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return { secret, hash: hashOf(secret), hint: secret.slice(-4) };
}

/** Uses are noted at most once in this time. */
const noteEveryMs = 60_000;

/** Rows that were not used of late, as a condition of the update that notes the use. */
export const notUsedOfLate = (now: Date) => ({
  OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: new Date(now.getTime() - noteEveryMs) } }],
});

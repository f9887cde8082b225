import { dayMs, hourMs, minuteMs } from '@diaspora/kit';

/** What came of an attempt. */
export type Outcome =
  | { readonly kind: 'TAKEN'; readonly status: number; readonly answer: string }
  /** Something else than 2xx was answered. */
  | {
      readonly kind: 'REFUSED';
      readonly status: number;
      readonly answer: string;
      readonly retryAfterSeconds: number | null;
    }
  /** Nobody answered, or nobody could be asked. */
  | { readonly kind: 'UNANSWERED'; readonly error: string };

const secondMs = 1_000;

/** After each failure; about a day in all. docs/webhooks.md has this table. */
export const retryDelaysMs: readonly number[] = [
  ...[5 * secondMs, minuteMs, 5 * minuteMs, 20 * minuteMs, hourMs],
  ...[2 * hourMs, 4 * hourMs, 8 * hourMs, 8 * hourMs],
];
export const maxAttempts = retryDelaysMs.length + 1;

/** How long an attempt may take. */
export const timeoutMs = 10 * secondMs;
/** After that an attempt is due again whose process has not come back with an outcome. */
export const leaseMs = minuteMs;

/** When to try again after so many attempts; a tenth earlier or later, so that not all come back at once. */
export const retryAt = (now: Date, attempts: number, random: () => number): Date => {
  const delay = retryDelaysMs[Math.min(attempts, retryDelaysMs.length) - 1]!;
  return new Date(now.getTime() + delay * (0.9 + random() / 5));
};

/** Until when nothing is sent to a webhook after this; null when that is no reason to wait. */
export function pausedUntil(now: Date, outcome: Outcome, failuresInARow: number): Date | null {
  const until = (ms: number) => new Date(now.getTime() + ms);
  if (outcome.kind === 'UNANSWERED')
    return until(Math.min(10 * secondMs * 2 ** (failuresInARow - 1), 10 * minuteMs));
  if (outcome.kind === 'TAKEN') return null;
  const { status, retryAfterSeconds } = outcome;
  if (status !== 429 && !(status === 503 && retryAfterSeconds !== null)) return null;
  return until(Math.min(Math.max(retryAfterSeconds ?? 60, 1) * secondMs, dayMs));
}

/** Nothing was taken for three days, and it was tried twelve times and more. */
export const isGivenUp = (now: Date, failingSince: Date, failuresInARow: number): boolean =>
  failuresInARow >= 12 && now.getTime() - failingSince.getTime() >= 3 * dayMs;

const keptLength = 500;
const secretsIn = /whsec_[\w+/=-]+|v1,[\w+/=]{20,}|bearer\s+\S+/gi;

/** What is kept of an answer: its beginning, without control characters and without what we sign with. */
export const tidied = (answer: string): string =>
  answer
    .replace(secretsIn, '***')
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, keptLength);

import { AppError, dayMs, line, minuteMs, text } from '@diaspora/kit';
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { CalendarConnection } from '../__generated__/prisma/client.js';
import type { CalendarEntry } from '../calendar/index.js';

/** Of one person. */
export const mostConnections = 5;
export const calendarName = 'Diaspora';
/** How long a person may take at Google. */
export const consentMs = 15 * minuteMs;
/** After so many refusals in a row a connection ends: an outage looks like one, a changed password like many. */
export const mostRefusals = 3;
/** How long one run writes before it leaves the rest to the next, and when it is cut off, whatever it does. */
export const writingMs = 20_000;
export const longestRunMs = 30_000;

export const calDavInput = z.object({
  serverUrl: z.coerce.string().pipe(z.url({ protocol: /^https?$/ }).max(500)),
  username: line({ max: 200 }),
  password: text({ max: 200 }),
});

export const drawSecret = (): string => randomBytes(32).toString('base64url');
export const hashOf = (value: string): string => createHash('sha256').update(value).digest('base64url');

/** The entry as it would be written: what has this is written already. */
export const fingerprintOf = (entry: CalendarEntry): string => hashOf(JSON.stringify(entry));

/**
 * When to look again: changes there are asked for every ten minutes, what is ours once a day in case a mark was missed.
 * A calendar that was not done in time goes on in five minutes, so that a slow server does not keep the others waiting.
 */
export function nextSyncAfter(
  { direction }: Pick<CalendarConnection, 'direction'>,
  isDone: boolean,
  now: Date,
): Date {
  const doneMs = direction === 'BOTH_WAYS' ? 10 * minuteMs : dayMs;
  return new Date(now.getTime() + (isDone ? doneMs : 5 * minuteMs));
}

/** One minute, two, four, up to six hours. */
export const nextAttemptAfter = (failures: number, now: Date): Date =>
  new Date(now.getTime() + Math.min(2 ** (failures - 1), 360) * minuteMs);

/** What Google sent a person back with. Throws INVALID_INPUT. */
export function readCallback(callbackUrl: string): { state: string; code: string } {
  const url = URL.canParse(callbackUrl) ? new URL(callbackUrl) : undefined;
  const [state, code] = [url?.searchParams.get('state'), url?.searchParams.get('code')];
  if (state && code) return { state, code };
  throw new AppError('INVALID_INPUT', 'This is not what Google sends people back with.', {
    path: ['callbackUrl'],
  });
}

import { AppError, dayMs, text, type SortKey } from '@diaspora/kit';
import { z } from 'zod';
import { longestText } from '../message-content/index.js';

/** How many may wait of one person in one conversation. */
export const mostWaiting = 100;

const yearMs = 366 * dayMs;

/** Throws for a time that is over, or too far away to be meant. */
export function assertSendAt(sendAt: Date, now: Date): void {
  const ahead = sendAt.getTime() - now.getTime();
  if (ahead > 0 && ahead <= yearMs) return;
  throw new AppError('INVALID_INPUT', 'must be within a year from now', { path: ['sendAt'] });
}

export const scheduleChange = z.object({
  sendAt: z.date().nullish(),
  text: text({ min: 0, max: longestText }).nullish(),
});

/** Throws unless the message waits as whoever changes it saw it. */
export function assertWaiting<Row extends { readonly status: string; readonly version: number }>(
  row: Row,
  expectedVersion: number = row.version,
): void {
  if (row.status !== 'PENDING')
    throw new AppError('CONFLICT', 'This message waits no more.', {
      path: ['scheduledMessageId'],
      payload: { scheduledMessage: row },
    });
  if (row.version !== expectedVersion)
    throw new AppError('CONFLICT', 'The message was changed meanwhile.', {
      path: ['expectedVersion'],
      payload: { scheduledMessage: row },
    });
}

export const earliestFirst: SortKey[] = [
  { field: 'sendAt', direction: 'asc', type: 'date' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

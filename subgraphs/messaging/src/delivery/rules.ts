import { hourMs, minuteMs } from '@diaspora/kit';
import type { Notification } from '../__generated__/prisma/client.js';
import type { Decision } from '../notification-preferences/index.js';

/** What came of an attempt. */
export type Outcome =
  | { readonly kind: 'SENT' }
  /** It was certainly not sent, and may be another time. */
  | { readonly kind: 'LATER'; readonly detail: string; readonly waitSeconds?: number | null }
  /** It never will be. */
  | { readonly kind: 'REFUSED'; readonly detail: string }
  /** The device or the chat is no more. */
  | { readonly kind: 'GONE'; readonly detail: string }
  /** It may have been sent. */
  | { readonly kind: 'UNCONFIRMED'; readonly detail: string };

export const maxAttempts = 8;

/** One, four, sixteen minutes and so on, up to six hours; longer where the other side asks for it, up to a day. */
export function retryAt(now: Date, attempt: number, waitSeconds: number | null = null): Date {
  const backoff = Math.min(minuteMs * 4 ** (attempt - 1), 6 * hourMs);
  const asked = Math.min((waitSeconds ?? 0) * 1_000, 24 * hourMs);
  return new Date(now.getTime() + Math.max(backoff, asked));
}

/** An attempt without an outcome counts as cut short after this time: every one ends sooner by itself. */
export const attemptMs = 2 * minuteMs;

const outdatedMs = 3 * 24 * hourMs;

export interface Circumstances {
  readonly now: Date;
  readonly decision: Pick<Decision, 'cadence'>;
  readonly isBlocked: boolean;
  /** Of the event that it is about; null where it is about none, or nobody knows. */
  readonly startsAt: Date | null;
  /** What it tells of was looked at elsewhere. */
  readonly isOver: boolean;
  readonly isDigest: boolean;
}

/** Why a notification is not sent any more when its time has come; null when it is. */
export function reasonToSkip(
  notification: Pick<Notification, 'type' | 'readAt' | 'archivedAt' | 'withdrawnAt' | 'createdAt'>,
  { now, decision, isBlocked, startsAt, isOver, isDigest }: Circumstances,
): string | null {
  if (notification.withdrawnAt) return 'WITHDRAWN';
  if (notification.readAt || notification.archivedAt || isOver) return 'READ';
  if (isBlocked) return 'BLOCKED';
  if (decision.cadence === 'OFF') return 'TURNED_OFF';
  if (notification.type === 'EVENT_REMINDER' && startsAt && startsAt <= now) return 'OUTDATED';
  if (!isDigest && now.getTime() - notification.createdAt.getTime() > outdatedMs) return 'OUTDATED';
  return null;
}

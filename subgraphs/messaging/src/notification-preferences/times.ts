import { dayMs, localAt, minuteMs, resolveLocal } from '@diaspora/kit';
import type { NotificationCadence } from '../__generated__/prisma/client.js';

export interface Times {
  readonly timeZone: string;
  /** Minutes of the day; across midnight when the second is the lower one. */
  readonly quietFrom: number | null;
  readonly quietUntil: number | null;
  readonly digestHour: number;
  readonly digestWeekday: number;
}

export const usualTimes: Times = {
  timeZone: 'UTC',
  quietFrom: null,
  quietUntil: null,
  digestHour: 8,
  digestWeekday: 1,
};

/** When the quiet hours end in which the instant lies, by the clocks of the person's zone; null outside of them. */
export function quietEnd(now: Date, { timeZone, quietFrom, quietUntil }: Times): Date | null {
  if (quietFrom === null || quietUntil === null) return null;
  const local = localAt(now, timeZone);
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
  const isQuiet =
    quietFrom < quietUntil
      ? minute >= quietFrom && minute < quietUntil
      : minute >= quietFrom || minute < quietUntil;
  if (!isQuiet) return null;
  const end = startOfDay(local) + (minute < quietUntil ? 0 : dayMs) + quietUntil * minuteMs;
  const { instant } = resolveLocal(new Date(end), timeZone);
  // In the second run of an hour that clocks repeat, the end is of that run.
  return instant > now ? instant : new Date(now.getTime() + end - local.getTime());
}

export interface Digest {
  /** Of one person and channel there is one in a window. */
  readonly window: string;
  readonly sendAt: Date;
}

/** The digest that an instant belongs to: the next one that is sent after it. */
export function digestAfter(now: Date, cadence: NotificationCadence, times: Times): Digest {
  const { timeZone, digestHour, digestWeekday } = times;
  const today = startOfDay(localAt(now, timeZone));
  const days = cadence === 'WEEKLY' ? daysUntil(today, digestWeekday) : 0;
  for (let day = today + days * dayMs; ; day += cadence === 'WEEKLY' ? 7 * dayMs : dayMs) {
    const sendAt = resolveLocal(new Date(day + digestHour * 60 * minuteMs), timeZone).instant;
    if (sendAt > now) return { window: `${cadence}:${new Date(day).toISOString().slice(0, 10)}`, sendAt };
  }
}

const startOfDay = (local: Date): number => Math.floor(local.getTime() / dayMs) * dayMs;

/** 1 is Monday. */
const daysUntil = (day: number, weekday: number): number =>
  (weekday - (new Date(day).getUTCDay() || 7) + 7) % 7;

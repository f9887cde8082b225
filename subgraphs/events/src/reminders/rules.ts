import { minuteMs } from '@diaspora/kit';

/** How long before its start an event is remembered, in minutes; the longest first. */
export const reminderOffsets = [24 * 60, 60] as const;

export type ReminderOffset = (typeof reminderOffsets)[number];

export interface Timed {
  readonly startsAt: Date;
  readonly publishedAt: Date | null;
}

/**
 * Which reminder of an event is due: of those whose moment has come the last one. One whose moment had passed before the
 * event was published is none: nobody wants to hear of "tomorrow" at the door.
 */
export function dueOffset({ startsAt, publishedAt }: Timed, now: Date): ReminderOffset | null {
  if (startsAt <= now || !publishedAt) return null;
  const due = reminderOffsets.filter((offset) => {
    const moment = startsAt.getTime() - offset * minuteMs;
    return moment <= now.getTime() && moment >= publishedAt.getTime();
  });
  return due.at(-1) ?? null;
}

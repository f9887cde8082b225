import { AppError } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { AgendaEntry } from '../catalog/index.js';
import { parseLocal } from '../time/index.js';
import type { AgendaInput } from './rules.js';

type Schedule = Pick<Event, 'startsAtLocal' | 'endsAtLocal'>;

/** The agenda by its distance from the start, in order. Throws AppError INVALID_INPUT for what lies outside the event. */
export function readProgram(items: readonly AgendaInput[], schedule: Schedule): AgendaEntry[] {
  const entries = items.map((item, index) => {
    const { title, description = null, room = null, speakers } = item;
    const startsAfterSeconds = secondsInto(item.startsAt, schedule);
    const endsAfterSeconds = item.endsAt ? secondsInto(item.endsAt, schedule) : null;
    const refuse = (message: string, field: string) =>
      new AppError('INVALID_INPUT', message, { path: ['program', String(index), field] });
    if (startsAfterSeconds < 0 || startsAfterSeconds >= lengthOf(schedule))
      throw refuse('This begins before or after the event.', 'startsAt');
    if (endsAfterSeconds !== null && endsAfterSeconds <= startsAfterSeconds)
      throw refuse('This ends before it begins.', 'endsAt');
    if (endsAfterSeconds !== null && endsAfterSeconds > lengthOf(schedule))
      throw refuse('This ends after the event.', 'endsAt');
    return { title, description, room, speakers: speakers ?? [], startsAfterSeconds, endsAfterSeconds };
  });
  return entries.sort((one, other) => one.startsAfterSeconds - other.startsAfterSeconds);
}

/** Throws when an event that became shorter ends before its agenda does. */
export function assertProgramFits(entries: readonly AgendaEntry[], schedule: Schedule): void {
  const length = lengthOf(schedule);
  const fits = entries.every(
    ({ startsAfterSeconds, endsAfterSeconds }) =>
      startsAfterSeconds < length && (endsAfterSeconds ?? 0) <= length,
  );
  if (!fits) throw new AppError('INVALID_INPUT', 'The program goes on after the end.', { path: ['endsAt'] });
}

const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1_000;
const secondsInto = (local: string, { startsAtLocal }: Schedule) =>
  secondsBetween(startsAtLocal, parseLocal(local));
const lengthOf = ({ startsAtLocal, endsAtLocal }: Schedule) => secondsBetween(startsAtLocal, endsAtLocal);

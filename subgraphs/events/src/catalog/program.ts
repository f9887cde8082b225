import { line, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Event } from '../__generated__/prisma/client.js';
import { resolveLocal, type ZonedTime } from '../time/index.js';

export const longestProgram = 100;

/** What an agenda item says beside its time. */
export const agendaDetails = {
  title: line({ max: 160 }),
  description: text({ max: 2_000 }).nullish(),
  room: line({ max: 120 }).nullish(),
  speakers: z
    .array(line({ max: 120 }))
    .max(20)
    .nullish(),
};

/** An item as it is kept: by its distance from the start of the event on the clocks there, so that it moves with it. */
export type AgendaEntry = {
  title: string;
  description: string | null;
  room: string | null;
  speakers: string[];
  startsAfterSeconds: number;
  endsAfterSeconds: number | null;
};

/** An item as it is told. */
export interface AgendaItem extends Pick<AgendaEntry, 'title' | 'description' | 'room' | 'speakers'> {
  readonly startsAt: ZonedTime;
  readonly endsAt: ZonedTime | null;
}

export const entriesOf = (event: Pick<Event, 'program'>): AgendaEntry[] =>
  event.program as unknown as AgendaEntry[];

/** The agenda of an event, at the times its clocks will show. */
export function programOf(event: Pick<Event, 'program' | 'startsAtLocal' | 'timeZone'>): AgendaItem[] {
  const at = (seconds: number) =>
    resolveLocal(new Date(event.startsAtLocal.getTime() + seconds * 1_000), event.timeZone);
  return entriesOf(event).map(({ startsAfterSeconds, endsAfterSeconds, ...item }) => ({
    ...item,
    startsAt: at(startsAfterSeconds),
    endsAt: endsAfterSeconds === null ? null : at(endsAfterSeconds),
  }));
}

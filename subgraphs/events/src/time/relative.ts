import type { Event } from '../__generated__/prisma/client.js';
import { localAt, resolveLocal } from './rules.js';

type Start = Pick<Event, 'startsAtLocal' | 'timeZone'>;

/** How long before (below zero) or after the start of an event an instant is, on the clocks there. */
export const secondsFromStart = ({ startsAtLocal, timeZone }: Start, at: Date): number =>
  Math.round((localAt(at, timeZone).getTime() - startsAtLocal.getTime()) / 1_000);

/** The instant that is so far from the start of an event, on the clocks there. */
export const instantFromStart = ({ startsAtLocal, timeZone }: Start, seconds: number): Date =>
  resolveLocal(new Date(startsAtLocal.getTime() + seconds * 1_000), timeZone).instant;

import { dayMs } from './durations.js';
/** A wall-clock time at a place and the instant it stands for. */
export interface ZonedTime {
  /** The wall clock, read as if it were UTC. */
  readonly local: Date;
  /** IANA name. */
  readonly zone: string;
  readonly instant: Date;
}

/** What the clocks of a zone show at an instant. */
export const localAt = (instant: Date, zone: string): Date =>
  new Date(instant.getTime() + offsetAt(instant, zone));

/**
 * The instant of a wall-clock time, as Temporal's "compatible" disambiguation has it: of a repeated hour the first,
 * and a time the clocks skip moves forward by what they skip, so that `local` of the answer may differ from the input.
 */
export function resolveLocal(local: Date, zone: string): ZonedTime {
  const wall = local.getTime();
  const before = offsetAt(new Date(wall - dayMs), zone);
  const after = offsetAt(new Date(wall + dayMs), zone);
  const exact = [wall - before, wall - after].filter((at) => at + offsetAt(new Date(at), zone) === wall);
  const instant = new Date(exact.length > 0 ? Math.min(...exact) : wall - before);
  return { local: localAt(instant, zone), zone, instant };
}

/** One formatter for each zone, by the name in lower case: there are some six hundred, and making one is slow. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const key = zone.toLowerCase();
  const known = formatters.get(key);
  if (known) return known;
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  const formatter = new Intl.DateTimeFormat('en-US', {
    ...options,
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  });
  formatters.set(key, formatter);
  return formatter;
}

/** Milliseconds by which a zone's clocks are ahead of UTC. */
function offsetAt(instant: Date, zone: string): number {
  const parts = formatterOf(zone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((candidate) => candidate.type === type)?.value);
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(instant.getTime() / 1_000) * 1_000;
}

import { dayMs, minuteMs } from '@diaspora/kit';
import { localAt } from '../time/index.js';

/** Clocks of no zone are changed twice within so short a time. */
const stepMs = 7 * dayMs;

const offsetOf = (at: number, zone: string): number => localAt(new Date(at), zone).getTime() - at;

/** The first second at which the offset is no longer what it was at `from`; it has changed by `to`. */
function changeBetween(from: number, to: number, zone: string): number {
  const before = offsetOf(from, zone);
  let [low, high] = [from, to];
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (offsetOf(middle, zone) === before) low = middle;
    else high = middle;
  }
  return high;
}

const wallText = (at: number): string => new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');

function offsetText(ms: number): string {
  const minutes = Math.abs(Math.round(ms / minuteMs));
  const digits = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${ms < 0 ? '-' : '+'}${digits.join('')}`;
}

const observance = (kind: 'STANDARD' | 'DAYLIGHT', start: string, from: number, to: number): string[] => [
  `BEGIN:${kind}`,
  `DTSTART:${start}`,
  `TZOFFSETFROM:${offsetText(from)}`,
  `TZOFFSETTO:${offsetText(to)}`,
  `END:${kind}`,
];

/**
 * The clocks of a zone as a VTIMEZONE (RFC 5545, 3.6.5), true from the year before `from` to the year after `to`. Written
 * from the same rules by which instants are derived, change by change, so that the file and the platform agree.
 */
export function timeZoneText(zone: string, from: Date, to: Date): string {
  const start = Date.UTC(from.getUTCFullYear() - 1, 0, 1);
  const end = Date.UTC(to.getUTCFullYear() + 2, 0, 1);
  const first = offsetOf(start, zone);
  const lines = [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    ...observance('STANDARD', '19700101T000000', first, first),
  ];
  for (let at = start; at < end; at += stepMs) {
    const [before, after] = [offsetOf(at, zone), offsetOf(at + stepMs, zone)];
    if (before === after) continue;
    const change = changeBetween(at, at + stepMs, zone);
    lines.push(
      ...observance(after > before ? 'DAYLIGHT' : 'STANDARD', wallText(change + before), before, after),
    );
  }
  return [...lines, 'END:VTIMEZONE'].join('\r\n');
}

import { AppError, dayMs, type Viewer } from '@diaspora/kit';

/** What a report is about: days in UTC, the last one exclusive, and one country or all. */
export interface Report {
  readonly from: string;
  readonly until: string;
  readonly countryCode: string | null;
}

const mostDays = 400;

/** Throws INVALID_INPUT for what is no period, or one too long to be told day by day. */
export function assertPeriod({ from, until }: Pick<Report, 'from' | 'until'>): void {
  const days = (Date.parse(until) - Date.parse(from)) / dayMs;
  if (days <= 0) throw new AppError('INVALID_INPUT', 'A period ends after it begins.', { path: ['until'] });
  if (days > mostDays)
    throw new AppError('INVALID_INPUT', `A report is about ${mostDays} days at most.`, { path: ['until'] });
}

/** Super users ask about everything, ambassadors about a country of theirs. */
export function mayRead({ countryCode }: Report, viewer: Viewer | null): boolean {
  if (!viewer) return false;
  if (viewer.roles.includes('SUPER_USER')) return true;
  return viewer.offices.some((office) => office.role === 'AMBASSADOR' && office.countryCode === countryCode);
}

/** A report is computed, not kept: its id says what it is about. */
export const writeReportId = ({ from, until, countryCode }: Report): string =>
  ['rpt', from, until, ...(countryCode ? [countryCode] : [])].join('_');

/** Null for what is no id of a report. */
export function readReportId(id: string): Report | null {
  const [, from = '', until = '', countryCode = null] = form.exec(id) ?? [];
  const isReal = [from, until].every((day) => isDay(day));
  if (
    !isReal ||
    Date.parse(until) <= Date.parse(from) ||
    Date.parse(until) - Date.parse(from) > mostDays * dayMs
  )
    return null;
  return { from, until, countryCode };
}

const form = /^rpt_(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)(?:_([A-Z]{2}))?$/;

const isDay = (text: string): boolean => {
  const at = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

/** The period of the same length that ends where this one begins. */
export function before({ from, until, countryCode }: Report): Report {
  const start = new Date(2 * Date.parse(from) - Date.parse(until));
  return { from: start.toISOString().slice(0, 10), until: from, countryCode };
}

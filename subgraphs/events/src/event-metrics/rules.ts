import type { Viewer } from '@diaspora/kit';

/** What a report is about: days in UTC, the last one exclusive, and one country or all. */
export interface Report {
  readonly id: string;
  readonly from: string;
  readonly until: string;
  readonly countryCode?: string | null;
}

/** Super users read all of them, ambassadors those about a country of theirs. The owner asks that, too. */
export function mayRead({ countryCode }: Pick<Report, 'countryCode'>, viewer: Viewer | null): boolean {
  if (!viewer) return false;
  if (viewer.roles.includes('SUPER_USER')) return true;
  return viewer.offices.some((office) => office.role === 'AMBASSADOR' && office.countryCode === countryCode);
}

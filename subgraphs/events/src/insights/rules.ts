import type { Attendance } from './loaders.js';

/** Share of those with a place who came, 0 to 1; null where nobody held one or was checked in. */
export function checkInRate({
  confirmedCount,
  checkedInCount,
}: Pick<Attendance, 'confirmedCount' | 'checkedInCount'>) {
  if (checkedInCount === null || confirmedCount === 0) return null;
  return Math.min(1, checkedInCount / confirmedCount);
}

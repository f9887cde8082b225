import type { Attendance, SoldTickets } from './loaders.js';

/** Share of those with a place who came, 0 to 1; null where nobody held one or was checked in. */
export function checkInRate({
  confirmedCount,
  checkedInCount,
}: Pick<Attendance, 'confirmedCount' | 'checkedInCount'>) {
  if (checkedInCount === null || confirmedCount === 0) return null;
  return Math.min(1, checkedInCount / confirmedCount);
}

/** What is sold of an event, summed up; null before the first ticket. */
export function salesOf(parts: SoldTickets[]) {
  if (parts.length === 0) return null;
  const sum = (count: (part: SoldTickets) => number) => parts.reduce((total, part) => total + count(part), 0);
  const [soldCount, validCount] = [sum((part) => part.soldCount), sum((part) => part.validCount)];
  const attendedCount = sum((part) => part.attendedCount) || null;
  const values = new Map<string, bigint>();
  for (const { currency, valueMinor } of parts)
    values.set(currency, (values.get(currency) ?? 0n) + valueMinor);
  return {
    ...{ soldCount, validCount, attendedCount, parts },
    refundedCount: soldCount - validCount,
    attendanceRate: attendedCount && attendedCount / validCount,
    value: [...values].map(([currency, amountMinor]) => ({ currency, amountMinor })),
  };
}

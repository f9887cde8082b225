import { AppError, hourMs, line, minuteMs, parseInput } from '@diaspora/kit';
import { z } from 'zod';
import type { Event, Scan, ScanConflict, ScanRefusal } from '../__generated__/prisma/client.js';
import type { Admission } from './sources.js';

/** Doors open so long before the start; people leave so long after the end. */
export const doorsMs = 12 * hourMs;
/** A device whose clock is ahead by more tells wrong times. */
const clockToleranceMs = 5 * minuteMs;
const mostScans = 200;

const scanSchema = z.object({
  nonce: z.string().min(1).max(64),
  code: z.string().min(1).max(2_000).nullish(),
  admissionId: z.string().max(100).nullish(),
  direction: z.enum(['IN', 'OUT']),
  gate: line({ max: 60 }).nullish(),
});

const offlineScan = scanSchema.extend({ scannedAt: z.date() });

type Named = Omit<z.output<typeof scanSchema>, 'code' | 'admissionId'>;

/** What was scanned: a code, or what a steward found by name. */
export interface ScanInput extends Named {
  readonly scanned: { readonly code: string } | { readonly admissionId: string };
}
export type OfflineScan = ScanInput & { readonly scannedAt: Date };

function oneOf<Input extends z.output<typeof scanSchema>>({ code, admissionId, ...rest }: Input) {
  if ((code == null) === (admissionId == null))
    throw new AppError('INVALID_INPUT', 'Give either a code or an admission.', { path: ['code'] });
  const scanned = code == null ? { admissionId: admissionId! } : { code };
  return { ...rest, scanned };
}

export const readScan = (input: unknown): ScanInput => oneOf(parseInput(scanSchema, input));

export function readScans(input: readonly unknown[]): OfflineScan[] {
  if (input.length < 1 || input.length > mostScans)
    throw new AppError('INVALID_INPUT', `Send 1 to ${mostScans} scans.`, { path: ['scans'] });
  return input.map((scan) => oneOf(parseInput(offlineScan, scan)));
}

type Times = Pick<Event, 'startsAt' | 'endsAt'>;

const isTooEarly = ({ startsAt }: Times, at: Date) => at.getTime() < startsAt.getTime() - doorsMs;
const isTooLate = ({ endsAt }: Times, at: Date) => at.getTime() > endsAt.getTime() + doorsMs;

export interface Presented {
  /** Null for what was not signed by us, or is no longer there. */
  readonly admission: Admission | null;
  /** Of the event the code is for, and of the code. */
  readonly eventId: string | null;
  readonly codeVersion: number | null;
}

/** Why a code is none for this door at all, now or in hindsight; null when it is one. */
export function foreign({ admission, eventId }: Presented, event: Pick<Event, 'id'>): ScanRefusal | null {
  if (eventId !== null && eventId !== event.id) return 'OTHER_EVENT';
  if (!admission) return 'NOT_A_CODE';
  return admission.eventId === event.id ? null : 'OTHER_EVENT';
}

const isOutdated = ({ admission, codeVersion }: Presented): boolean =>
  codeVersion !== null && admission !== null && codeVersion < admission.codeVersion;

/** Whether a person goes through now: why not, or null. */
export function refusalAtTheDoor(
  presented: Presented,
  event: Event,
  { direction, isInside, now }: { direction: Scan['direction']; isInside: boolean; now: Date },
): ScanRefusal | null {
  const isForeign = foreign(presented, event);
  if (isForeign) return isForeign;
  if (isOutdated(presented)) return 'OUTDATED_CODE';
  if (!presented.admission!.isValid) return 'NOT_VALID';
  if (event.status === 'CANCELLED') return 'EVENT_CANCELLED';
  if (isTooEarly(event, now)) return 'TOO_EARLY';
  if (isTooLate(event, now)) return 'TOO_LATE';
  if (direction === 'IN' && now >= event.endsAt) return 'TOO_LATE';
  if (direction === 'IN') return isInside ? 'ALREADY_INSIDE' : null;
  return isInside ? null : 'NOT_INSIDE';
}

/** What speaks against a scan that happened: a fact is not refused, but somebody should look at it. */
export function conflictsOf(
  presented: Presented,
  event: Times,
  { scannedAt, receivedAt }: Pick<Scan, 'scannedAt' | 'receivedAt'>,
): ScanConflict[] {
  const { admission } = presented;
  const isAfterTheChange = admission !== null && scannedAt >= admission.since;
  const conflicts: [ScanConflict, boolean][] = [
    ['OUTDATED_CODE', isAfterTheChange && isOutdated(presented)],
    ['NOT_VALID', isAfterTheChange && !isOutdated(presented) && !admission.isValid],
    ['OUTSIDE_EVENT', isTooEarly(event, scannedAt) || isTooLate(event, scannedAt)],
    ['CLOCK_AHEAD', scannedAt.getTime() > receivedAt.getTime() + clockToleranceMs],
  ];
  return conflicts.filter(([, holds]) => holds).map(([conflict]) => conflict);
}

type Passage = Pick<Scan, 'id' | 'direction' | 'scannedAt'>;

/** What the passages of one admission come to, whatever order they arrived in. */
export function presenceAfter(passages: readonly Passage[]) {
  const inOrder = [...passages].sort(
    (one, other) => one.scannedAt.getTime() - other.scannedAt.getTime() || (one.id < other.id ? -1 : 1),
  );
  const enteredTwice = inOrder
    .filter(({ direction }, index) => direction === 'IN' && inOrder[index - 1]?.direction === 'IN')
    .map(({ id }) => id);
  const enteredAt = inOrder.find(({ direction }) => direction === 'IN')?.scannedAt ?? null;
  return { isInside: inOrder.at(-1)?.direction === 'IN', enteredAt, enteredTwice };
}

import type { AuditDetail, AuditEntry } from '../__generated__/prisma/client.js';
import { commitmentOf, hashOf, type Link } from './chain.js';

/**
 * What can be wrong at a place of a chain. ALTERED: the line is not what was recorded. MISSING: a line is gone. EXTRA: a
 * line that was not recorded there. DETAILS: what is kept apart is not what was recorded, or is gone and was not erased.
 * REWRITTEN: a sealed place has another hash. SEAL: a seal was not made with our key.
 */
export type FaultKind = 'ALTERED' | 'MISSING' | 'EXTRA' | 'DETAILS' | 'REWRITTEN' | 'SEAL';

/** `sequence` is decimal, as JSON has no integers of that size. */
export interface Fault {
  readonly sequence: string;
  readonly kind: FaultKind;
}

export const fault = (sequence: bigint, kind: FaultKind): Fault => ({ sequence: String(sequence), kind });

/** Enough to see where and how; a chain that was replaced would have one for each line. */
const mostFaults = 100;

/** What is kept apart, by line and part. */
export type Details = ReadonlyMap<string, AuditDetail>;

export const detailKey = (entryId: string, part: AuditDetail['part']): string => `${part}:${entryId}`;

/**
 * Follows a chain from a known place along the lines behind it, which are in order. A fault does not end the walk: it goes
 * on from the hash that the line at fault bears, so that each fault shows where it is.
 */
export function follow(
  from: Link,
  lines: readonly AuditEntry[],
  details: Details,
): { faults: Fault[]; end: Link } {
  const faults: Fault[] = [];
  let end = from;
  for (const line of lines) {
    const next = end.sequence + 1n;
    if (line.sequence < next) {
      faults.push(fault(line.sequence, 'EXTRA'));
      continue;
    }
    if (line.sequence > next) faults.push(fault(next, 'MISSING'));
    else if (hashOf(line, end.hash) !== line.hash) faults.push(fault(line.sequence, 'ALTERED'));
    if (!detailsHold(line, details)) faults.push(fault(line.sequence, 'DETAILS'));
    end = { sequence: line.sequence, hash: line.hash };
  }
  return { faults: faults.slice(0, mostFaults), end };
}

/** How the place that a walk came to differs from the one that was sealed. */
export function endFaults(end: Link, sealed: Link): Fault[] {
  if (end.sequence !== sealed.sequence) return [fault(end.sequence + 1n, 'MISSING')];
  return end.hash === sealed.hash ? [] : [fault(sealed.sequence, 'REWRITTEN')];
}

function detailsHold(line: AuditEntry, details: Details): boolean {
  return (
    detailHolds(line.changeCommitment, details.get(detailKey(line.id, 'CHANGE'))) &&
    detailHolds(line.originCommitment, details.get(detailKey(line.id, 'ORIGIN')))
  );
}

function detailHolds(commitment: string | null, detail: AuditDetail | undefined): boolean {
  if (!commitment || !detail) return !commitment && !detail;
  if (detail.erasedAt) return detail.data === null && detail.salt === null;
  return detail.salt !== null && commitmentOf(detail.salt, detail.data) === commitment;
}

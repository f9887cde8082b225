import { AppError, type Clock, type IdType, type Outbox, type Viewer } from '@diaspora/kit';
import { createHash } from 'node:crypto';
import type { AdmissionKind, Event, Scan } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Codes } from '../check-in-codes/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, scanIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { lockEvent } from '../steering.js';
import {
  conflictsOf,
  foreign,
  presenceAfter,
  readScan,
  readScans,
  refusalAtTheDoor,
  type Presented,
  type ScanInput,
} from './rules.js';
import type { AdmissionSource } from './sources.js';
import { maySteward } from './stewards.js';

export type CheckInService = ReturnType<typeof createCheckIn>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly codes: Codes;
  readonly sources: readonly AdmissionSource[];
  /** Called in the same transaction for scans of an event that is over, whose counts were told already. */
  readonly onLateScans: (tx: Transaction, eventId: string) => Promise<void>;
}

/** What was scanned, as far as it can be told. */
interface Found extends Presented {
  readonly kind: AdmissionKind | null;
  readonly id: string | null;
}

const unknown: Found = { kind: null, id: null, admission: null, eventId: null, codeVersion: null };

export function createCheckIn({ db, clock, outbox, codes, sources, onLateScans }: Dependencies) {
  /** One scan, now: lets the person through or says why not. Both are kept. */
  async function checkIn(viewer: Viewer, eventId: string, input: object): Promise<Scan> {
    const scan = readScan(input);
    return db.$transaction(async (tx) => {
      const event = await lockForDoor(tx, viewer, eventId, 'SHARED');
      const known = await findScan(tx, viewer, scan);
      if (known) return known;
      const now = clock.now();
      const found = await lookUp(tx, scan, now);
      const isInside = await lockPresence(tx, event, found);
      const refusal = refusalAtTheDoor(found, event, { direction: scan.direction, isInside, now });
      const times = { scannedAt: now, receivedAt: now, isOffline: false };
      return keep(tx, { viewer, event, scan, found }, { ...times, refusal, conflicts: [] });
    });
  }

  /** Scans made without a connection. What happened is not refused but looked at: only what is no code lets nobody in. */
  async function upload(viewer: Viewer, eventId: string, inputs: readonly object[]): Promise<Scan[]> {
    const scans = readScans(inputs);
    return db.$transaction(async (tx) => {
      const event = await lockForDoor(tx, viewer, eventId, 'ALONE');
      const kept: Scan[] = [];
      let hasNews = false;
      for (const scan of scans) {
        const known = await findScan(tx, viewer, scan);
        if (known) {
          kept.push(known);
          continue;
        }
        hasNews = true;
        const found = await lookUp(tx, scan, scan.scannedAt);
        await lockPresence(tx, event, found);
        const times = { scannedAt: scan.scannedAt, receivedAt: clock.now(), isOffline: true };
        const refusal = foreign(found, event);
        const conflicts = refusal ? [] : conflictsOf(found, event, times);
        kept.push(await keep(tx, { viewer, event, scan, found }, { ...times, refusal, conflicts }));
      }
      if (hasNews && event.completionToldAt) await onLateScans(tx, eventId);
      // As they are now: a later one may have made an earlier one a conflict.
      const rows = await tx.scan.findMany({ where: { id: { in: kept.map(({ id }) => id) } } });
      return kept.map(({ id }) => rows.find((row) => row.id === id)!);
    });
  }

  /**
   * Nobody cancels or transfers meanwhile. Single scans share the lock and do not wait for one another; a batch, which
   * touches many people in an order of its own, has it alone.
   */
  async function lockForDoor(tx: Transaction, viewer: Viewer, eventId: string, lock: 'SHARED' | 'ALONE') {
    if (lock === 'ALONE') await lockEvent(tx, eventId);
    else await tx.$executeRaw`SELECT 1 FROM events WHERE id = ${eventId}::uuid FOR SHARE`;
    const event = await tx.event.findFirst({
      where: { AND: [{ id: eventId }, visibleTo(viewer, clock.now())] },
    });
    if (!event) throw new AppError('NOT_FOUND', 'There is no such event.', { path: ['eventId'] });
    if (await maySteward(tx, viewer, event)) return event;
    throw new AppError('FORBIDDEN', 'This is for the stewards of the event.');
  }

  /** The same scan sent before, with or without a connection. Throws CONFLICT when its nonce was of another one. */
  async function findScan(tx: Transaction, viewer: Viewer, scan: ScanInput): Promise<Scan | null> {
    // Two sendings of one scan at once: the second waits here, and finds what the first kept.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${viewer.id}:${scan.nonce}`}, 0))`;
    const whose = { stewardId: viewer.id, nonce: scan.nonce };
    const known = await tx.scan.findUnique({ where: { stewardId_nonce: whose } });
    if (!known) return null;
    if (known.codeDigest === digestOf(scan) && known.direction === scan.direction) return known;
    throw new AppError('CONFLICT', 'This nonce was used for another scan.', { path: ['nonce'] });
  }

  async function lookUp(tx: Transaction, { scanned }: ScanInput, at: Date): Promise<Found> {
    if ('admissionId' in scanned) {
      for (const source of sources) {
        const id = source.ids.find(scanned.admissionId);
        if (!id) continue;
        const admission = await source.find(tx, id, { codeVersion: null, at });
        return admission ? { kind: source.kind, id, admission, eventId: null, codeVersion: null } : unknown;
      }
      return unknown;
    }
    const read = await codes.read(scanned.code);
    const source = sources.find(({ kind }) => kind === read?.kind);
    const id = read && source?.ids.find(read.id);
    if (!id) return unknown;
    const { codeVersion } = read;
    const said = { eventId: eventIds.find(read.eventId), codeVersion };
    return { kind: source!.kind, id, admission: await source!.find(tx, id, { codeVersion, at }), ...said };
  }

  /** Locks whether somebody is inside: of two doors that scan one code at once, one lets the person in. */
  async function lockPresence(
    tx: Transaction,
    event: Event,
    { kind, id, admission }: Found,
  ): Promise<boolean> {
    if (!kind || !id || admission?.eventId !== event.id) return false;
    const [row] = await tx.$queryRaw<{ isInside: boolean }[]>`
      INSERT INTO check_ins (kind, admission_id, event_id, holder_id, is_inside)
      VALUES (${kind}::admission_kind, ${id}::uuid, ${event.id}::uuid, ${admission.holderId}::uuid, FALSE)
      ON CONFLICT (kind, admission_id, holder_id) DO UPDATE SET holder_id = EXCLUDED.holder_id
      RETURNING is_inside AS "isInside"`;
    return row!.isInside;
  }

  interface Scanned {
    readonly viewer: Viewer;
    readonly event: Event;
    readonly scan: ScanInput;
    readonly found: Found;
  }

  async function keep(
    tx: Transaction,
    { viewer, event, scan, found }: Scanned,
    outcome: Pick<Scan, 'scannedAt' | 'receivedAt' | 'isOffline' | 'refusal' | 'conflicts'>,
  ): Promise<Scan> {
    const { nonce, direction, gate } = scan;
    const isOfThisEvent = found.admission?.eventId === event.id;
    const { kind, id: admissionId } = isOfThisEvent ? found : unknown;
    const holderId = isOfThisEvent ? found.admission.holderId : null;
    const own = { id: scanIds.create(), eventId: event.id, stewardId: viewer.id, nonce };
    const kept = await tx.scan.create({
      data: {
        ...{ ...own, ...outcome, kind, admissionId, holderId, direction },
        ...{ gate: gate ?? null, codeDigest: digestOf(scan) },
      },
    });
    if (kept.refusal || !kind || !admissionId || !holderId) return kept;
    const conflicts = await recount(tx, { kind, admissionId, holderId }, kept);
    await tell(tx, { ...kept, conflicts });
    return { ...kept, conflicts };
  }

  /**
   * Presence follows from the passages of a holder, in the order in which they happened; that two went in by one ticket from
   * those of all who ever held it. Answers what is wrong with the new one.
   */
  async function recount(
    tx: Transaction,
    whose: { kind: AdmissionKind; admissionId: string; holderId: string },
    kept: Scan,
  ) {
    const { kind, admissionId, holderId } = whose;
    const passages = await tx.scan.findMany({ where: { kind, admissionId, refusal: null } });
    const { enteredTwice } = presenceAfter(passages);
    const own = passages.filter((passage) => passage.holderId === holderId);
    const { enteredTwice: _of, ...presence } = presenceAfter(own);
    await tx.checkIn.update({ where: { kind_admissionId_holderId: whose }, data: presence });
    for (const passage of passages) {
      const isTwice = enteredTwice.includes(passage.id);
      if (isTwice === passage.conflicts.includes('ENTERED_TWICE')) continue;
      const others = passage.conflicts.filter((conflict) => conflict !== 'ENTERED_TWICE');
      const conflicts = isTwice ? [...others, 'ENTERED_TWICE' as const] : others;
      await tx.scan.update({ where: { id: passage.id }, data: { conflicts } });
    }
    return enteredTwice.includes(kept.id) ? [...kept.conflicts, 'ENTERED_TWICE' as const] : kept.conflicts;
  }

  async function tell(tx: Transaction, scan: Scan): Promise<void> {
    const eventId = eventIds.encode(scan.eventId);
    const ids: IdType = sources.find(({ kind }) => kind === scan.kind)!.ids;
    const data = {
      scanId: scanIds.encode(scan.id),
      eventId,
      userId: userIds.encode(scan.holderId!),
      admissionKind: scan.kind!,
      admissionId: ids.encode(scan.admissionId!),
      direction: scan.direction,
      scannedAt: scan.scannedAt.toISOString(),
      isConflicting: scan.conflicts.length > 0,
    };
    await outbox.publish(tx, { type: 'checkin.recorded', key: eventId, data });
  }

  return { checkIn, upload };
}

const digestOf = ({ scanned }: ScanInput): string =>
  createHash('sha256')
    .update('code' in scanned ? scanned.code : scanned.admissionId)
    .digest('hex');

import { parseInput, type Audit, type Origin, type Page, type Viewer } from '@diaspora/kit';
import type { AuditEntry } from '../__generated__/prisma/client.js';
import type { Db, Prisma, Transaction } from '../database.js';
import { officeIds } from '../ids.js';
import { detailKey, type Fault } from './faults.js';
import { aboutSafetyOf, auditFilter, matching } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly audit: Audit;
}

export type AuditTrail = ReturnType<typeof createAuditTrail>;

/** What is kept beside a line and was not erased. */
export interface KeptDetails {
  readonly change: (Record<'before' | 'after', unknown> & { readonly reason: string | null }) | null;
  readonly origin: Origin | null;
}

type KeptEntry = AuditEntry & KeptDetails;

/** How the chain of a source stands, as the last checks found it. */
export interface ChainStatus {
  readonly source: string;
  readonly entries: bigint;
  readonly archivedEntries: bigint;
  readonly checkedThrough: bigint;
  readonly checkedAt: Date | null;
  readonly allCheckedSince: Date | null;
  readonly sealedThrough: bigint;
  readonly faults: readonly Fault[];
}

/** Reading the audit trail. */
export function createAuditTrail({ db, audit }: Dependencies) {
  /** Whoever reads is on record in the same transaction. */
  const list = (reader: Viewer, input: unknown, page: Page): Promise<KeptEntry[]> => {
    const filter = parseInput(auditFilter, input);
    return db.$transaction(async (tx) => {
      const entries = await tx.auditEntry.findMany({
        where: { AND: [await openTo(tx, reader), matching(filter), page.where] },
        orderBy: page.orderBy,
        take: page.take,
      });
      await audit.record(tx, {
        action: 'audit.read',
        subject: { type: 'AuditTrail', id: 'entries' },
        personId: filter.personId ?? null,
        after: { filter, lines: Math.min(entries.length, page.size) },
      });
      return withDetails(tx, entries);
    });
  };

  /** Ambassadors see what was done to offices of their countries. */
  async function openTo(tx: Transaction, reader: Viewer): Promise<Prisma.AuditEntryWhereInput> {
    if (reader.roles.includes('SUPER_USER')) return {};
    const held = reader.offices.filter(({ role }) => role === 'AMBASSADOR');
    const countryCode = { in: held.map((office) => office.countryCode) };
    const offices = await tx.office.findMany({ where: { countryCode }, select: { id: true } });
    return { subjectType: 'Office', subjectId: { in: offices.map(({ id }) => officeIds.encode(id)) } };
  }

  const listSecurityEvents = async (personId: string, page: Page): Promise<KeptEntry[]> => {
    const where = { AND: [aboutSafetyOf(personId), page.where] };
    const entries = await db.auditEntry.findMany({ where, orderBy: page.orderBy, take: page.take });
    return withDetails(db, entries);
  };

  const chainStatus = (): Promise<ChainStatus[]> => db.$queryRaw<ChainStatus[]>`
    SELECT c.source, c.sequence AS entries, base.sequence AS "archivedEntries",
      c.checked_to AS "checkedThrough", c.checked_at AS "checkedAt",
      sealed.checked_at AS "allCheckedSince", greatest(sealed.sequence, base.sequence) AS "sealedThrough",
      (SELECT coalesce(jsonb_agg(fault ORDER BY (fault ->> 'sequence')::bigint), '[]') FROM (
         SELECT fault FROM jsonb_array_elements(sealed.faults || c.faults) AS fault
         ORDER BY (fault ->> 'sequence')::bigint LIMIT 100) AS first) AS faults
    FROM audit_chains c
    CROSS JOIN LATERAL (
      SELECT coalesce(max(sequence), 0) AS sequence FROM audit_anchors WHERE source = c.source AND is_base) AS base
    CROSS JOIN LATERAL (
      SELECT coalesce(max(sequence), 0) AS sequence, min(a.checked_at) AS checked_at,
        coalesce(jsonb_agg(fault) FILTER (WHERE fault IS NOT NULL), '[]') AS faults
      FROM audit_anchors a LEFT JOIN LATERAL jsonb_array_elements(a.faults) AS fault ON true
      WHERE a.source = c.source AND NOT a.is_base AND a.sequence > base.sequence) AS sealed
    ORDER BY c.source`;

  return { list, listSecurityEvents, chainStatus };
}

/** Of the page's months only: that is where details of its lines are. */
async function withDetails(client: Transaction, entries: readonly AuditEntry[]): Promise<KeptEntry[]> {
  const times = entries.map(({ recordedAt }) => recordedAt.getTime());
  const details = await client.auditDetail.findMany({
    where: {
      entryId: { in: entries.map(({ id }) => id) },
      ...(times.length > 0 && {
        recordedAt: { gte: new Date(Math.min(...times)), lte: new Date(Math.max(...times)) },
      }),
    },
  });
  const byKey = new Map(details.map((detail) => [detailKey(detail.entryId, detail.part), detail.data]));
  return entries.map((entry) => ({
    ...entry,
    change: (byKey.get(detailKey(entry.id, 'CHANGE')) ?? null) as KeptDetails['change'],
    origin: (byKey.get(detailKey(entry.id, 'ORIGIN')) ?? null) as KeptDetails['origin'],
  }));
}

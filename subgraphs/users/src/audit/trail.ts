import type { AuditAnchor, AuditChain, AuditDetail, AuditEntry } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { genesis, type Link, type Seals } from './chain.js';
import { detailKey, endFaults, fault, follow, type Fault } from './faults.js';

/** A part of a chain that was walked. */
export interface Stretch {
  readonly lines: number;
  readonly faults: readonly Fault[];
  readonly end: Link;
}

interface Dependencies {
  readonly db: Db;
  readonly seals: Seals | null;
  /** Lines read and held at once; a stretch between two anchors has at most as many. */
  readonly stretchLines: number;
}

export type Trail = ReturnType<typeof createTrail>;

/** Reads chains and says where they are not what was recorded. Writes nothing. Without seals nobody's seal is checked. */
export function createTrail({ db, seals, stretchLines }: Dependencies) {
  /** The lines behind a place, up to another. */
  async function stretch(source: string, from: Link, to: bigint, take?: number): Promise<Stretch> {
    const lines = await db.auditEntry.findMany({
      where: { source, sequence: { gt: from.sequence, lte: to } },
      orderBy: [{ sequence: 'asc' }, { recordedAt: 'asc' }],
      ...(take && { take }),
    });
    return { lines: lines.length, ...follow(from, lines, await detailsOf(source, lines)) };
  }

  async function detailsOf(source: string, lines: readonly AuditEntry[]) {
    const [first, last] = [lines.at(0)?.sequence, lines.at(-1)?.sequence];
    const details = await db.$queryRaw<AuditDetail[]>`
      SELECT d.entry_id AS "entryId", d.part, d.salt, d.data, d.erased_at AS "erasedAt"
      FROM audit_entries e JOIN audit_details d ON d.entry_id = e.id AND d.recorded_at = e.recorded_at
      WHERE e.source = ${source} AND e.sequence BETWEEN ${first ?? 0n} AND ${last ?? 0n}`;
    return new Map(details.map((detail) => [detailKey(detail.entryId, detail.part), detail]));
  }

  /** From a place to another, stretch by stretch. */
  async function* walk(source: string, from: Link, to: bigint): AsyncGenerator<Stretch> {
    for (let at = from; ;) {
      const part = await stretch(source, at, to, stretchLines);
      yield part;
      if (part.lines < stretchLines) return;
      at = part.end;
    }
  }

  /** Where a chain begins: what came before was archived, and sealed then. */
  const baseOf = (source: string) =>
    db.auditAnchor.findFirst({ where: { source, isBase: true }, orderBy: { sequence: 'desc' } });

  /** The last known place before another; the beginning when there is none. */
  async function placeBefore(source: string, sequence: bigint): Promise<Link & { anchoredAt: Date | null }> {
    const anchor = await db.auditAnchor.findFirst({
      where: { source, sequence: { lt: sequence } },
      orderBy: { sequence: 'desc' },
    });
    return anchor ?? { ...genesis(source), anchoredAt: null };
  }

  const sealFaults = (anchor: AuditAnchor): Fault[] =>
    !seals || seals.anchor(anchor) === anchor.seal ? [] : [fault(anchor.sequence, 'SEAL')];

  /** The stretch that ends at an anchor. */
  async function sealedFaults(anchor: AuditAnchor, from: Link): Promise<Fault[]> {
    const { faults, end } = await stretch(anchor.source, from, anchor.sequence);
    return [...faults, ...endFaults(end, anchor), ...sealFaults(anchor)];
  }

  /** What is wrong with the end of a chain beside its lines, which were walked to `end`. */
  async function closingFaults(chain: AuditChain, end: Link): Promise<Fault[]> {
    const base = await baseOf(chain.source);
    const isSealed = !seals || seals.end(chain) === chain.seal;
    return [
      ...(base ? sealFaults(base) : []),
      ...endFaults(end, chain),
      ...(isSealed ? [] : [fault(chain.sequence, 'SEAL')]),
      ...(await strays(chain.source, base?.sequence ?? 0n)),
    ];
  }

  /** Lines outside of the chain; its end and they are read at one moment, as lines are added meanwhile. */
  async function strays(source: string, base: bigint): Promise<Fault[]> {
    const rows = await db.$queryRaw<{ sequence: bigint }[]>`
      (SELECT sequence FROM audit_entries WHERE source = ${source} AND sequence <= ${base}
       ORDER BY sequence LIMIT 1)
      UNION ALL
      (SELECT sequence FROM audit_entries WHERE source = ${source}
         AND sequence > (SELECT sequence FROM audit_chains WHERE source = ${source})
       ORDER BY sequence LIMIT 1)`;
    return rows.map(({ sequence }) => fault(sequence, 'EXTRA'));
  }

  return { walk, beginningOf: genesis, baseOf, placeBefore, sealedFaults, closingFaults };
}

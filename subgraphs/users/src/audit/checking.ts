import { dayMs, type Clock, type Logger } from '@diaspora/kit';
import type { Db, Prisma } from '../database.js';
import type { Link, Seals } from './chain.js';
import type { Fault } from './faults.js';
import { createTrail } from './trail.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly seals: Seals;
  readonly stretchLines: number;
}

/** The end of a chain is sealed when it has so many lines or the last seal is so old. */
const sealAfterMs = dayMs;
/** How many lines a run checks again, beside what is new: some three million a day. */
const recheckedLines = 20_000;
const recheckedAnchors = 200;

/**
 * Checks what is new of every chain, seals it, and checks again what was checked longest ago. What was found stays with the
 * stretch it was found in until that is checked again.
 */
export function createChecking({ db, clock, seals, stretchLines }: Dependencies) {
  const trail = createTrail({ db, seals, stretchLines });

  async function check(log: Logger): Promise<void> {
    const chains = await db.auditChain.findMany({ orderBy: { source: 'asc' } });
    for (const chain of chains) await checkEnd(chain.source, log);
    await checkAgain(log);
  }

  async function checkEnd(source: string, log: Logger): Promise<void> {
    const chain = await db.auditChain.findUniqueOrThrow({ where: { source } });
    const from = await trail.placeBefore(source, chain.sequence + 1n);
    const isDue = !from.anchoredAt || clock.now().getTime() - from.anchoredAt.getTime() >= sealAfterMs;
    let end: Link = from;
    let open: readonly Fault[] = [];
    for await (const part of trail.walk(source, from, chain.sequence)) {
      end = part.end;
      open = part.faults;
      if (part.lines === 0 || (part.lines < stretchLines && !isDue)) continue;
      await seal({ source, ...end }, part.faults, log);
      open = [];
    }
    const faults = [...open, ...(await trail.closingFaults(chain, end))];
    report(source, faults, log);
    await db.auditChain.update({
      where: { source },
      data: { checkedAt: clock.now(), checkedTo: chain.sequence, faults: toJson(faults) },
    });
  }

  /** Notes where a chain is, in the database and, for whoever keeps logs elsewhere, in the log. */
  async function seal(
    place: Link & { source: string },
    faults: readonly Fault[],
    log: Logger,
  ): Promise<void> {
    const now = clock.now();
    const anchor = { ...place, isBase: false, anchoredAt: now };
    await db.auditAnchor.createMany({
      data: [{ ...anchor, seal: seals.anchor(anchor), checkedAt: now, faults: toJson(faults) }],
      skipDuplicates: true,
    });
    const { source, sequence, hash } = place;
    log.info({ source, sequence: String(sequence), hash }, 'The audit trail is sealed');
    report(source, faults, log);
  }

  async function checkAgain(log: Logger): Promise<void> {
    const bases = await db.auditAnchor.findMany({ where: { isBase: true } });
    const archived = bases.map(({ source, sequence }) => ({ source, sequence: { lte: sequence } }));
    const anchors = await db.auditAnchor.findMany({
      where: { isBase: false, checkedAt: { lt: clock.now() }, NOT: archived },
      orderBy: [{ checkedAt: 'asc' }, { source: 'asc' }, { sequence: 'asc' }],
      take: recheckedAnchors,
    });
    let left = recheckedLines;
    for (const anchor of anchors) {
      if (left <= 0) return;
      const { source, sequence, isBase } = anchor;
      const from = await trail.placeBefore(source, sequence);
      left -= Number(sequence - from.sequence);
      const faults = await trail.sealedFaults(anchor, from);
      report(source, faults, log);
      await db.auditAnchor.update({
        where: { source_sequence_isBase: { source, sequence, isBase } },
        data: { checkedAt: clock.now(), faults: toJson(faults) },
      });
    }
  }

  return { check };
}

function report(source: string, faults: readonly Fault[], log: Logger): void {
  if (faults.length > 0)
    log.error({ source, faults: faults.slice(0, 10) }, 'The audit trail was tampered with');
}

const toJson = (faults: readonly Fault[]) => faults as unknown as Prisma.InputJsonArray;

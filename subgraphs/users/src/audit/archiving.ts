import type { Clock, Logger } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import type { Seals } from './chain.js';
import { monthOf, prepareMonth } from './months.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly seals: Seals;
  /** How many years lines stay in the trail before they are archived. */
  readonly keepYears: () => Promise<number>;
}

/** Months that are made before they begin. Should this fail for as long, the first line of a month makes its own. */
const monthsAhead = 3;

const startOfMonth = (moment: Date, offset: number): Date =>
  new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + offset));

/** Looks after the months: makes those to come, archives those that are older than is kept. */
export function createArchiving({ db, clock, seals, keepYears }: Dependencies) {
  async function prepareMonths(): Promise<void> {
    for (let offset = 0; offset <= monthsAhead; offset++)
      await db.$transaction((tx) => prepareMonth(tx, startOfMonth(clock.now(), offset)));
  }

  /** Oldest first, as a chain loses its beginning only. Nothing goes while a check has something to say. */
  async function archiveOld(log: Logger): Promise<void> {
    const kept = monthOf(startOfMonth(clock.now(), -12 * (await keepYears())));
    const old = (await months()).filter((month) => month < kept);
    for (const month of old) {
      if (await isAtFault()) {
        log.error({ month }, 'Not archived: the audit trail was tampered with');
        return;
      }
      await db.$transaction((tx) => archive(tx, month), { timeout: 60_000 });
      const tables = [`audit_archive.audit_entries_${month}`, `audit_archive.audit_details_${month}`];
      log.warn({ tables }, 'Part of the audit trail was archived: export these tables, then drop them');
    }
  }

  const months = async (): Promise<string[]> => {
    const rows = await db.$queryRaw<{ month: string }[]>`
      SELECT right(inhrelid::regclass::text, 7) AS month FROM pg_inherits
      WHERE inhparent = 'audit_entries'::regclass ORDER BY month`;
    return rows.map(({ month }) => month);
  };

  const isAtFault = async (): Promise<boolean> => {
    const rows = await db.$queryRaw<unknown[]>`
      SELECT FROM audit_anchors WHERE faults <> '[]' UNION ALL SELECT FROM audit_chains WHERE faults <> '[]' LIMIT 1`;
    return rows.length > 0;
  };

  /** Each chain begins behind its last line of that month from now on. */
  async function archive(tx: Transaction, month: string): Promise<void> {
    const end = startOfMonth(new Date(`${month.replace('_', '-')}-01T00:00:00.000Z`), 1);
    const anchoredAt = clock.now();
    for (const { source } of await tx.auditChain.findMany()) {
      const last = await tx.auditEntry.findFirst({
        where: { source, recordedAt: { lt: end } },
        orderBy: { sequence: 'desc' },
        select: { sequence: true, hash: true },
      });
      if (!last) continue;
      const base = { source, ...last, isBase: true, anchoredAt };
      await tx.auditAnchor.create({ data: { ...base, seal: seals.anchor(base), checkedAt: anchoredAt } });
    }
    await tx.$executeRaw`SELECT audit_archive_month(${month})`;
  }

  return { prepareMonths, archiveOld };
}

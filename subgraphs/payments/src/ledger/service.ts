import { AppError, type Clock } from '@diaspora/kit';
import type { LedgerAccount } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { ledgerAccountIds, ledgerTransactionIds } from '../ids.js';
import type { Entry, Kind, Posting } from './rules.js';

export type Ledger = ReturnType<typeof createLedger>;

type AccountKey = Omit<Posting, 'amountMinor'>;

const nameOf = ({ type, ownerId, currency }: AccountKey | LedgerAccount) => `${type} ${ownerId} ${currency}`;

/** Double entry. The database sees to it that nothing is changed, that everything sums to zero and takes an open route. */
export function createLedger({ clock }: { clock: Clock }) {
  /** Books what was not booked yet, and answers how much that was. */
  async function post(tx: Transaction, ...entries: readonly Entry[]): Promise<number> {
    const recordedAt = clock.now();
    const headers = entries.map(({ kind, reference, orderId, at, postings }) => ({
      id: ledgerTransactionIds.create(),
      kind,
      reference,
      orderId,
      postingCount: postings.length,
      occurredAt: at,
      recordedAt,
    }));
    const made = await tx.ledgerTransaction.createManyAndReturn({ data: headers, skipDuplicates: true });
    const isNew = new Set(made.map(({ id }) => id));
    const fresh = entries.flatMap(({ postings }, index) =>
      postings.map((posting) => ({ transactionId: headers[index]!.id, ...posting })),
    );
    const postings = fresh.filter(({ transactionId }) => isNew.has(transactionId));
    const accounts = await accountsOf(tx, postings);
    await tx.ledgerPosting.createMany({
      data: postings.map(({ transactionId, amountMinor, ...key }) => ({
        transactionId,
        accountId: accounts.get(nameOf(key))!,
        amountMinor,
      })),
    });
    return made.length;
  }

  /** Ids by name; accounts come into being when something is booked on them. */
  async function accountsOf(tx: Transaction, keys: readonly AccountKey[]): Promise<Map<string, string>> {
    const wanted = [...new Map(keys.map((key) => [nameOf(key), key])).values()].map(
      ({ type, ownerId, currency }) => ({ type, ownerId, currency }),
    );
    const known = new Map<string, string>();
    const read = async () => {
      const rows = await tx.ledgerAccount.findMany({ where: { OR: wanted } });
      for (const row of rows) known.set(nameOf(row), row.id);
    };
    await read();
    const missing = wanted.filter((key) => !known.has(nameOf(key)));
    if (missing.length === 0) return known;
    // One transaction at a time makes accounts, until it ends: what it books next may need others, and whoever makes
    // those must not wait for the ones it has made.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('ledger_accounts', 0))`;
    const createdAt = clock.now();
    const data = missing.map((key) => ({ id: ledgerAccountIds.create(), ...key, createdAt }));
    await tx.ledgerAccount.createMany({ data, skipDuplicates: true });
    await read();
    return known;
  }

  /** Undoes what was booked, once. Throws AppError NOT_FOUND for what was not booked and CONFLICT for what is undone. */
  async function reverse(
    tx: Transaction,
    booked: { kind: Kind; reference: string },
    at: Date,
  ): Promise<void> {
    const { kind, reference } = booked;
    const undone = await tx.ledgerTransaction.findUnique({
      where: { kind_reference: { kind, reference } },
      include: { postings: true },
    });
    if (!undone) throw new AppError('NOT_FOUND', 'This was not booked.');
    const [made] = await tx.ledgerTransaction.createManyAndReturn({
      data: [
        {
          id: ledgerTransactionIds.create(),
          kind: 'REVERSAL',
          reference: undone.id,
          orderId: undone.orderId,
          reversesId: undone.id,
          postingCount: undone.postingCount,
          occurredAt: at,
          recordedAt: clock.now(),
        },
      ],
      skipDuplicates: true,
    });
    if (!made) throw new AppError('CONFLICT', 'This is undone already.');
    await tx.ledgerPosting.createMany({
      data: undone.postings.map(({ accountId, amountMinor }) => ({
        transactionId: made.id,
        accountId,
        amountMinor: -amountMinor,
      })),
    });
  }

  return { post, reverse };
}

import type { Clock, Logger, Page } from '@diaspora/kit';
import type { Db } from '../database.js';
import type { LedgerAccountModel } from '../models.js';
import type { AccountType } from './rules.js';

export type Books = ReturnType<typeof createBooks>;

export interface LedgerCheck {
  readonly checkedAt: Date;
  readonly transactions: number;
  readonly postings: number;
  /** What does not hold, one line each; the first hundred. */
  readonly faults: string[];
}

const mostFaults = 100;

/** What can be asked of the books. */
export function createBooks({ db, clock, log }: { db: Db; clock: Clock; log: Logger }) {
  /** From the first posting: what the triggers keep true is counted again, in one view of the database. */
  const verify = (): Promise<LedgerCheck> =>
    db.$transaction(
      async (tx) => {
        const checkedAt = clock.now();
        const [transactions, postings] = [await tx.ledgerTransaction.count(), await tx.ledgerPosting.count()];
        const faults = await tx.$queryRaw<{ fault: string }[]>`
          SELECT format('%s sums to %s %s', p.transaction_id, sum(p.amount_minor), a.currency) AS fault
          FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id
          GROUP BY p.transaction_id, a.currency HAVING sum(p.amount_minor) <> 0
          UNION ALL
          SELECT format('%s has %s of %s postings', t.id, count(p), t.posting_count)
          FROM ledger_transactions t LEFT JOIN ledger_postings p ON p.transaction_id = t.id
          GROUP BY t.id HAVING count(p) <> t.posting_count
          UNION ALL
          SELECT format('%s %s %s has %s where its postings are %s', a.type, a.owner_id, a.currency,
            coalesce(b.balance_minor, 0), coalesce(p.total, 0))
          FROM ledger_accounts a
          LEFT JOIN ledger_balances b ON b.account_id = a.id
          LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM ledger_postings GROUP BY account_id) p
            ON p.account_id = a.id
          WHERE coalesce(b.balance_minor, 0) <> coalesce(p.total, 0)
          LIMIT ${mostFaults}`;
        return { checkedAt, transactions, postings, faults: faults.map(({ fault }) => fault) };
      },
      { isolationLevel: 'RepeatableRead', timeout: 60_000 },
    );

  /** The job behind the crontab: books that do not hold need a person. */
  async function verifyNightly(): Promise<void> {
    const { faults, ...counted } = await verify();
    if (faults.length > 0) log.error({ ...counted, faults }, 'the books do not hold');
  }

  const list = (page: Page, type?: AccountType): Promise<LedgerAccountModel[]> =>
    db.ledgerAccount.findMany({
      where: { AND: [page.where, type ? { type } : {}] },
      orderBy: page.orderBy,
      take: page.take,
      include: { balance: true },
    });

  return { verify, verifyNightly, list };
}

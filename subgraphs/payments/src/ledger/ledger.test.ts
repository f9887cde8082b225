import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import {
  createTestDatabase,
  patientOptions,
  silentLog,
  testClock,
  waitingForLocks,
} from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import fc from 'fast-check';
import { PrismaClient, type Transaction } from '../database.js';
import { createLedger, createBooks, entries, type AccountType, type Entry } from './index.js';

type Given = Awaited<ReturnType<typeof givenLedger>>;
const clock = testClock();

/** The books alone, on a database of their own. */
async function givenLedger() {
  const database = await createTestDatabase('payments');
  const pool = createPool({ url: database.url, max: 20 });
  const owner = createPool({ url: database.ownerUrl, max: 1 });
  const db = new PrismaClient({ adapter: new PrismaPg(pool), ...patientOptions });
  const ledger = createLedger({ clock });
  const write = <T>(run: (tx: Transaction) => Promise<T>) => db.$transaction(run);
  return {
    db,
    pool,
    owner,
    write,
    book: (...made: Entry[]) => write((tx) => ledger.post(tx, ...made)),
    undo: (made: Entry) => write((tx) => ledger.reverse(tx, made, clock.now())),
    ledger,
    verify: () => createBooks({ db, clock, log: silentLog }).verify(),
    balances: async () =>
      new Map((await db.ledgerBalance.findMany()).map((row) => [row.accountId, row.balanceMinor])),
    balanceOf: async (type: AccountType, ownerId = '', currency = 'EUR') =>
      (await db.ledgerBalance.findFirst({ where: { account: { type, ownerId, currency } } }))?.balanceMinor ??
      0n,
    stop: async () => {
      await db.$disconnect();
      await Promise.all([pool.end(), owner.end()]);
      await database.drop();
    },
  };
}

const about = (overrides: object = {}) => ({
  reference: randomUUID(),
  orderId: randomUUID(),
  at: clock.now(),
  currency: 'EUR',
  ...overrides,
});
const captured = (overrides: object = {}) =>
  entries.orderCaptured({ ...about(), provider: 'sandbox', amountMinor: 1_000n, ...overrides });

let books: Given;
beforeAll(async () => {
  books = await givenLedger();
});
afterAll(() => books.stop());

describe('the ledger', () => {
  it('books each payment once, and moves the balances with it', async () => {
    const before = await books.balanceOf('PROVIDER_CLEARING', 'sandbox');
    const made = captured();
    expect(await Promise.all([books.book(made), books.book(made), books.book(made)])).toEqual(
      expect.arrayContaining([1, 0, 0]),
    );
    expect(await books.balanceOf('PROVIDER_CLEARING', 'sandbox')).toBe(before + 1_000n);
  });

  it('divides a sale between seller and platform, and posts nothing of what is zero', async () => {
    const [sellerId, other] = [randomUUID(), randomUUID()];
    await books.book(
      captured(),
      entries.orderSold({ ...about(), shares: { sellerId, sellerMinor: 950n, platformMinor: 50n } }),
      captured(),
      entries.orderSold({ ...about(), shares: { sellerId: other, sellerMinor: 1_000n, platformMinor: 0n } }),
    );
    expect(await books.balanceOf('ORGANIZER_PAYABLE', sellerId)).toBe(-950n);
    expect(await books.balanceOf('ORGANIZER_PAYABLE', other)).toBe(-1_000n);
  });

  it('refuses what does not sum to zero, at the commit and as a whole', async () => {
    const made = captured();
    const [debit] = made.postings;
    const lopsided = { ...made, postings: [debit!, { ...made.postings[1]!, amountMinor: -999n }] };
    await expect(books.book(lopsided)).rejects.toThrow('does not sum to zero');
    expect(await books.db.ledgerTransaction.count({ where: { reference: made.reference } })).toBe(0);
  });

  it('refuses a sum that is zero only across currencies', async () => {
    const made = captured();
    const mixed = { ...made, postings: [made.postings[0]!, { ...made.postings[1]!, currency: 'USD' }] };
    await expect(books.book(mixed)).rejects.toThrow('does not sum to zero');
  });

  it.each([
    ['an account that is closed to the kind', { type: 'ORGANIZER_PAYABLE', ownerId: 'seller' }, 1n],
    ['the wrong side of an open one', {}, -1n],
  ])('refuses %s', async (_what, account, sign) => {
    const made = captured();
    const postings = made.postings.map((posting, index) => ({
      ...posting,
      ...(index === 1 && account),
      amountMinor: sign * posting.amountMinor,
    }));
    await expect(books.book({ ...made, postings } as Entry)).rejects.toThrow('may not');
  });

  it('lets nothing be added to a transaction that is committed', async () => {
    const made = captured();
    await books.book(made);
    const { id, postings } = await books.db.ledgerTransaction.findFirstOrThrow({
      where: { reference: made.reference },
      include: { postings: true },
    });
    const more = captured({ currency: 'CHF' });
    await books.book(more);
    const others = await books.db.ledgerPosting.findMany({
      where: { transaction: { reference: more.reference } },
    });
    expect(postings).toHaveLength(2);
    await expect(
      books.db.ledgerPosting.createMany({
        data: others.map((posting) => ({ ...posting, transactionId: id })),
      }),
    ).rejects.toThrow('postings it was made with');
  });

  it.each([
    ['UPDATE ledger_postings SET amount_minor = 1'],
    ['DELETE FROM ledger_postings'],
    ['UPDATE ledger_transactions SET order_id = NULL'],
    ['DELETE FROM ledger_transactions'],
    ["UPDATE ledger_accounts SET owner_id = 'me'"],
    ['DELETE FROM ledger_accounts'],
    ['TRUNCATE ledger_postings'],
    ['UPDATE ledger_balances SET balance_minor = 0'],
    ["INSERT INTO ledger_routes VALUES ('ORDER_CAPTURED', 'CREDIT', 'ORGANIZER_PAYABLE')"],
  ])('lets the service not do this: %s', async (statement) => {
    await expect(books.pool.query(statement)).rejects.toThrow(/permission denied/);
  });

  it.each([
    ['UPDATE ledger_postings SET amount_minor = 1'],
    ['DELETE FROM ledger_transactions'],
    ['TRUNCATE ledger_accounts CASCADE'],
  ])('keeps its owner from doing this by mistake: %s', async (statement) => {
    await expect(books.owner.query(statement)).rejects.toThrow('only ever added to');
  });

  it('undoes once, and nothing that was not booked', async () => {
    const made = captured({ currency: 'GBP' });
    await books.book(made);
    await books.undo(made);
    await expect(books.undo(made)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await books.balanceOf('PROVIDER_CLEARING', 'sandbox', 'GBP')).toBe(0n);
    const unknown = { ...made, kind: 'ORDER_SOLD' } as const;
    await expect(books.undo(unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('waits in no ring for accounts of a new currency, whoever needs which of them first', async () => {
    const { ledger, write, book, pool } = books;
    const currency = 'SEK';
    const money = { ...about({ currency }), provider: 'sandbox', amountMinor: 1_000n };
    const shares = { sellerId: randomUUID(), sellerMinor: 950n, platformMinor: 50n };
    const { subscription } = await write(async (tx) => {
      await ledger.post(tx, captured({ currency }));
      // Books on two accounts, of which this one has made one and needs the other later.
      const other = book(entries.subscriptionPaid(money));
      await waitingForLocks(pool);
      await ledger.post(tx, entries.orderSold({ ...about({ currency }), shares }));
      return { subscription: other };
    });
    expect(await subscription).toBe(1);
    expect(await books.balanceOf('PLATFORM_REVENUE', '', currency)).toBe(-1_050n);
  });

  it('takes for a reversal only what undoes', async () => {
    const made = captured();
    await books.book(made);
    const undone = await books.db.ledgerTransaction.findFirstOrThrow({
      where: { reference: made.reference },
      include: { postings: true },
    });
    const half = books.write(async (tx) => {
      const { id } = await tx.ledgerTransaction.create({
        data: { ...undone, postings: undefined, id: randomUUID(), kind: 'REVERSAL', reversesId: undone.id },
      } as never);
      const postings = undone.postings.map(({ accountId, amountMinor }) => ({
        accountId,
        amountMinor: -amountMinor / 2n,
      }));
      await tx.ledgerPosting.createMany({
        data: postings.map((posting) => ({ ...posting, transactionId: id })),
      });
    });
    await expect(half).rejects.toThrow('does not undo');
  });
});

describe('the ledger under load', () => {
  const sellers = Array.from({ length: 5 }, () => randomUUID());
  const anEntry = fc
    .record({
      kind: fc.constantFrom(...(Object.keys(entries) as (keyof typeof entries)[])),
      currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
      provider: fc.constantFrom('sandbox', 'stripe', 'paypal'),
      sellerId: fc.constantFrom(...sellers),
      sellerMinor: fc.bigInt(1n, 1_000_000_000n),
      platformMinor: fc.bigInt(1n, 1_000_000n),
      isUndecided: fc.boolean(),
    })
    .map(({ kind, currency, provider, isUndecided, ...shares }) => {
      const money = { provider, amountMinor: shares.sellerMinor + shares.platformMinor };
      const bearer = isUndecided ? ('BUYER' as const) : shares;
      return entries[kind]({ ...about({ currency }), ...money, shares, bearer });
    });

  it('books 500 transactions by 20 workers and undoes each once, whoever else tries', async () => {
    const before = await books.balances();
    const made = fc.sample(anEntry, 500);
    const attempts = made.flatMap((each) => [each, each]);
    expect((await inParallel(made, 20, (each) => books.book(each))).map((result) => result.status)).toEqual(
      made.map(() => 'fulfilled'),
    );
    expect((await books.verify()).faults).toEqual([]);
    const results = await inParallel(attempts, 20, books.undo);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(500);
    expect(refused.every(({ reason }) => (reason as { code?: string }).code === 'CONFLICT')).toBe(true);
    const check = await books.verify();
    expect(check.faults).toEqual([]);
    expect(await books.balances()).toEqual(
      new Map([...(await books.balances()).keys()].map((account) => [account, before.get(account) ?? 0n])),
    );
  }, 240_000);

  it('would undo twice without its unique indexes', async () => {
    const unguarded = await givenLedger();
    const made = captured();
    await unguarded.book(made);
    await unguarded.owner.query(
      'DROP INDEX ledger_transactions_reverses_id_key, ledger_transactions_kind_reference_key',
    );
    const results = await inParallel([made, made], 2, unguarded.undo);
    const balance = await unguarded.balanceOf('PROVIDER_CLEARING', 'sandbox');
    await unguarded.stop();
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(balance).toBe(-1_000n);
  });

  it('names what does not hold', async () => {
    const { rows } = await books.owner.query<{ account_id: string }>(
      'UPDATE ledger_balances SET balance_minor = balance_minor + 1 WHERE account_id = (SELECT min(account_id::text)::uuid FROM ledger_balances) RETURNING account_id',
    );
    expect((await books.verify()).faults).toEqual([expect.stringContaining('where its postings are')]);
    await books.owner.query(
      'UPDATE ledger_balances SET balance_minor = balance_minor - 1 WHERE account_id = $1',
      [rows[0]!.account_id],
    );
  });
});

/** All of them, so many at a time; the outcomes in order. */
async function inParallel<T, R>(
  items: readonly T[],
  workers: number,
  run: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const outcomes: PromiseSettledResult<R>[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++)
      [outcomes[index]] = await Promise.allSettled([run(items[index]!)]);
  };
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

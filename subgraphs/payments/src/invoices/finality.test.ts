import { createOutbox, createPool } from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createBilling } from '../billing/index.js';
import { connectDatabase } from '../database.js';
import { invoiceIds } from '../ids.js';
import { messages } from '../messages.js';
import { givenPayments } from '../testing/given.js';
import { givenInvoices } from '../testing/invoices.js';
import { createInvoicing } from './service.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenInvoices>;
beforeAll(async () => {
  payments = await givenPayments();
  given = givenInvoices(payments);
});
afterAll(() => payments.stop());

describe('a final invoice', () => {
  let key: string;
  let owner: Pool;
  beforeAll(async () => {
    owner = createPool({ url: payments.database.ownerUrl, max: 1 });
    const { publicId } = await given.customer();
    key = invoiceIds.decode((await given.finalised(publicId)).id);
  });
  afterAll(() => owner.end());

  const changes = [
    `UPDATE invoices SET total_minor = 1, net_minor = 1, tax_minor = 0 WHERE id = $1`,
    `UPDATE invoices SET status = 'DRAFT' WHERE id = $1`,
    `UPDATE invoices SET number = 'DIA-2026-999999' WHERE id = $1`,
    `DELETE FROM invoices WHERE id = $1`,
    `UPDATE invoice_lines SET description = 'other' WHERE invoice_id = $1`,
    `DELETE FROM invoice_lines WHERE invoice_id = $1`,
    `INSERT INTO invoice_lines SELECT invoice_id, 9, description, 1, 0, 0, 0, 0, 0 FROM invoice_lines WHERE invoice_id = $1`,
    `UPDATE invoice_taxes SET name = 'other' WHERE invoice_id = $1`,
    `DELETE FROM invoice_taxes WHERE invoice_id = $1`,
    `UPDATE invoice_recipients SET name = 'other' WHERE invoice_id = $1`,
    `UPDATE invoice_recipients SET name = 'other', erased_at = now() WHERE invoice_id = $1`,
    `DELETE FROM invoice_recipients WHERE invoice_id = $1`,
  ];

  it.each(changes)('does not let the service run %s', async (sql) => {
    await expect(payments.db.$executeRawUnsafe(sql.replace('$1', `'${key}'`))).rejects.toThrow(
      /stays as it is|permission denied/,
    );
  });

  it.each(changes)('does not let the owner of the tables run %s', async (sql) => {
    await expect(owner.query(sql, [key])).rejects.toThrow('a final invoice stays as it is');
  });
});

describe('the numbers of a series', () => {
  /** Another process on the same database. */
  function anInstance() {
    const pool = createPool({ url: payments.database.url });
    const db = connectDatabase(new PrismaPg(pool));
    const { clock } = payments;
    const outbox = createOutbox(messages, { clock });
    const invoicing = createInvoicing({ clock, outbox, billing: createBilling({ db }) });
    return { db, invoicing, stop: () => db.$disconnect().then(() => pool.end()) };
  }

  it('have no gap after a hundred at once over two instances, some of which roll back', async () => {
    const { viewer } = await given.customer();
    const instances = [anInstance(), anInstance()];
    const lines = [{ description: 'Premium', quantity: 1, unitAmountMinor: 999n, totalMinor: 999n }];
    const before = await payments.db.invoice.count({ where: { status: 'FINAL', kind: 'INVOICE' } });
    const issued = async (index: number) => {
      const { db, invoicing } = instances[index % 2]!;
      return db.$transaction(async (tx) => {
        const invoice = await invoicing.issue(tx, { customerId: viewer.id, currency: 'EUR', lines });
        if (index % 5 === 0) throw new Error('the payment was not applied after all');
        return invoice;
      });
    };
    // As many at a time as the two have connections; whoever waits too long for one comes again, as a job would.
    const waiting = Array.from({ length: 100 }, (_, index) => index);
    let rolledBack = 0;
    const lane = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const index = next;
        await issued(index).catch((error: Error) => {
          if (error.message.startsWith('the payment')) rolledBack += 1;
          else waiting.push(index);
        });
      }
    };
    await Promise.all(Array.from({ length: 20 }, lane));
    await Promise.all(instances.map(({ stop }) => stop()));
    expect(rolledBack).toBe(20);
    const final = await payments.db.invoice.findMany({
      where: { status: 'FINAL', kind: 'INVOICE' },
      orderBy: { numberInYear: 'asc' },
    });
    expect(final.map(({ numberInYear }) => numberInYear)).toEqual(
      Array.from({ length: before + 80 }, (_, index) => index + 1),
    );
    expect(final.map(({ finalisedAt }) => finalisedAt)).toEqual(
      final.map(({ finalisedAt }) => finalisedAt).sort(),
    );
  }, 120_000);

  it('begin anew with the year of the issuer and go on without gap when its clock goes back', async () => {
    const { publicId } = await given.customer();
    const last = await given.finalised(publicId);
    payments.clock.advance(Date.parse('2026-12-31T22:30:00Z') - payments.clock.now().getTime());
    const first = await given.finalised(publicId);
    payments.clock.advance(-60_000);
    const second = await given.finalised(publicId);
    expect(last.number).toMatch(/^DIA-2026-/);
    expect([first, second]).toMatchObject([
      { number: 'DIA-2027-000001', issuedOn: '2027-01-01' },
      { number: 'DIA-2027-000002', issuedOn: '2027-01-01' },
    ]);
    const { finalisedAt } = await payments.db.invoice.findUniqueOrThrow({
      where: { id: invoiceIds.decode(second.id) },
    });
    expect(finalisedAt).toEqual(new Date('2026-12-31T22:30:00Z'));
  });
});

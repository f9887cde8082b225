import type { Invoice, InvoiceIssuer } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { dayIn, writeNumber } from './rules.js';

/**
 * Gives the next number of a series. The row of the series stays locked until the caller's transaction ends: with a
 * rollback the number goes to the next one who waits, so there are no gaps. All invoices of an issuer wait here: take it
 * as late as possible.
 */
export async function nextNumber(tx: Transaction, issuer: InvoiceIssuer, kind: Invoice['kind'], now: Date) {
  const year = Number(dayIn(issuer.timeZone, now).slice(0, 4));
  const [counter] = await tx.$queryRaw<{ last: number; lastAt: Date }[]>`
    INSERT INTO invoice_counters AS known (issuer_id, kind, year, last, last_at)
    VALUES (${issuer.id}::uuid, ${kind}::invoice_kind, ${year}, 1, ${now})
    ON CONFLICT (issuer_id, kind, year)
    DO UPDATE SET last = known.last + 1, last_at = greatest(known.last_at, excluded.last_at)
    RETURNING last, last_at AS "lastAt"`;
  const { last, lastAt } = counter!;
  return {
    number: writeNumber(issuer.numberPrefix, kind, year, last),
    numberYear: year,
    numberInYear: last,
    issuedOn: new Date(dayIn(issuer.timeZone, lastAt)),
    finalisedAt: lastAt,
  };
}

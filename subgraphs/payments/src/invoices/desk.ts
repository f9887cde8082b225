import {
  AppError,
  idempotent,
  parseInput,
  type Audit,
  type AuditAction,
  type AuditEntry,
} from '@diaspora/kit';
import type { Invoice } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { invoiceIds, userIds } from '../ids.js';
import { creditInput, draftInput } from './rules.js';
import { lockInvoice, noSuchInvoice, type Invoicing } from './service.js';

export type InvoiceDesk = ReturnType<typeof createInvoiceDesk>;

interface Dependencies {
  readonly db: Db;
  readonly invoicing: Invoicing;
  readonly audit: Audit;
}

interface DraftInput {
  readonly idempotencyKey: string;
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly object[];
}

interface CreditInput {
  readonly idempotencyKey: string;
  readonly invoiceId: string;
}

/** Invoices that super users write and correct by hand, on record. */
export function createInvoiceDesk({ db, invoicing, audit }: Dependencies) {
  async function draft(actorId: string, input: DraftInput): Promise<Invoice> {
    const { idempotencyKey: key, lines } = parseInput(draftInput, input);
    const { currency } = input;
    const customerId = userIds.decode(input.customerId);
    const request = {
      customerId,
      currency,
      lines: lines.map(({ unitAmountMinor, ...line }) => ({
        ...line,
        unitAmountMinor: String(unitAmountMinor),
      })),
    };
    const call = { actor: actorId, operation: 'draftInvoice', key, request };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        if (!(await tx.customer.findUnique({ where: { userId: customerId } })))
          throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['customerId'] });
        const priced = lines.map((line) => ({
          ...line,
          totalMinor: line.unitAmountMinor * BigInt(line.quantity),
        }));
        const invoice = await invoicing.draft(tx, { customerId, currency, lines: priced });
        await record(tx, 'invoice.drafted', invoice, { after: factsOf(invoice) });
        return { id: invoice.id };
      }),
    );
    const drafted = await db.invoice.findUnique({ where: { id } });
    // Discarded since.
    if (!drafted) throw noSuchInvoice();
    return drafted;
  }

  const finalise = (id: string): Promise<Invoice> =>
    db.$transaction(async (tx) => {
      const before = await lockInvoice(tx, id);
      const invoice = await invoicing.finalise(tx, id);
      if (before?.status === 'DRAFT')
        await record(tx, 'invoice.finalised', invoice, { after: factsOf(invoice) });
      return invoice;
    });

  async function discard(id: string): Promise<void> {
    await db.$transaction(async (tx) => {
      const invoice = await lockInvoice(tx, id);
      if (!invoice) throw noSuchInvoice();
      if (invoice.status === 'FINAL')
        throw new AppError('INVOICE_IS_FINAL', 'A final invoice stays as it is. Credit it.', {
          path: ['invoiceId'],
        });
      await tx.invoice.delete({ where: { id } });
      await record(tx, 'invoice.discarded', invoice, { before: factsOf(invoice) });
    });
  }

  async function credit(actorId: string, input: CreditInput): Promise<Invoice> {
    const { idempotencyKey: key, amountMinor = null, reason } = parseInput(creditInput, input);
    const invoiceId = invoiceIds.decode(input.invoiceId);
    const request = { invoiceId, amountMinor: amountMinor === null ? null : String(amountMinor), reason };
    const call = { actor: actorId, operation: 'creditInvoice', key, request };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const note = await invoicing.credit(tx, { invoiceId, amountMinor });
        await record(tx, 'invoice.credited', note, { after: factsOf(note), reason });
        return { id: note.id };
      }),
    );
    return db.invoice.findUniqueOrThrow({ where: { id } });
  }

  const record = (
    tx: Transaction,
    action: AuditAction,
    { id, customerId }: Invoice,
    change: Pick<AuditEntry, 'before' | 'after' | 'reason'>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'Invoice', id: invoiceIds.encode(id) },
      personId: customerId,
      ...change,
    });

  return { draft, finalise, discard, credit };
}

const factsOf = ({ number, totalMinor, currency, creditedInvoiceId }: Invoice) => ({
  ...{ number, currency, amountMinor: String(totalMinor) },
  creditedInvoiceId: creditedInvoiceId && invoiceIds.encode(creditedInvoiceId),
});

import { AppError, line, parseInput, text, type Audit, type Clock, type Logger } from '@diaspora/kit';
import { z } from 'zod';
import type { InvoiceIssuer, TaxRate } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { invoiceIssuerIds, taxRateIds } from '../ids.js';

export type InvoiceSettings = ReturnType<typeof createInvoiceSettings>;

const issuerChanges = z
  .object({
    name: line({ max: 200 }),
    address: text({ max: 500 }),
    taxId: line({ max: 40 }).nullable(),
    email: z.string().max(254).nullable(),
  })
  .partial();

const rateInput = z.object({
  countryCode: z.string().length(2),
  name: line({ max: 20 }),
  rateBasisPoints: z.number().int().min(0).max(10_000),
});

const mostRates = 1_000;

/** Who sells, and at which rates: what super users set, for invoices from then on. */
export function createInvoiceSettings({ db, clock, audit }: { db: Db; clock: Clock; audit: Audit }) {
  const issuers = (): Promise<InvoiceIssuer[]> =>
    db.invoiceIssuer.findMany({ orderBy: [{ isDefault: 'desc' }, { id: 'asc' }], take: 100 });

  const rates = (countryCode: string | null): Promise<TaxRate[]> =>
    db.taxRate.findMany({
      where: countryCode === null ? {} : { countryCode },
      orderBy: [{ countryCode: 'asc' }, { validFrom: 'desc' }],
      take: mostRates,
    });

  /** A new version, if nobody made one since the expected one. */
  async function updateIssuer(input: {
    readonly issuerId: string;
    readonly expectedVersion: number;
  }): Promise<InvoiceIssuer> {
    const { issuerId, expectedVersion, ...given } = input;
    const id = invoiceIssuerIds.decode(issuerId);
    const changes = parseInput(issuerChanges, given) as Partial<InvoiceIssuer>;
    return db.$transaction(async (tx) => {
      const before = await tx.invoiceIssuer.findUnique({ where: { id } });
      if (!before) throw new AppError('NOT_FOUND', 'There is no such entity.', { path: ['issuerId'] });
      const { count } = await tx.invoiceIssuer.updateMany({
        where: { id, version: expectedVersion },
        data: { ...changes, version: { increment: 1 } },
      });
      const issuer = await tx.invoiceIssuer.findUniqueOrThrow({ where: { id } });
      if (count === 0)
        throw new AppError('CONFLICT', 'The entity has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { issuer },
        });
      const subject = { type: 'InvoiceIssuer', id: issuerId };
      await audit.record(tx, { action: 'invoiceIssuer.changed', subject, before, after: issuer });
      return issuer;
    });
  }

  /** Documents of days that are over were written at the rate of then: a rate begins today or later. */
  async function setRate(input: {
    readonly countryCode: string;
    readonly validFrom: string;
  }): Promise<TaxRate> {
    const rate = parseInput(rateInput, input);
    const { countryCode } = rate;
    if (input.validFrom < clock.now().toISOString().slice(0, 10))
      throw new AppError('INVALID_INPUT', 'A rate begins today or later.', { path: ['validFrom'] });
    const validFrom = new Date(input.validFrom);
    return db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`tax-rate:${countryCode}`}, 0))`;
      await tx.taxRate.deleteMany({ where: { countryCode, validFrom: { gte: validFrom } } });
      await tx.taxRate.updateMany({
        where: { countryCode, OR: [{ validUntil: null }, { validUntil: { gt: validFrom } }] },
        data: { validUntil: validFrom },
      });
      const taxRate = await tx.taxRate.create({ data: { id: taxRateIds.create(), ...rate, validFrom } });
      const { name, rateBasisPoints } = taxRate;
      await audit.record(tx, {
        action: 'taxRate.set',
        subject: { type: 'TaxRate', id: countryCode },
        after: { name, rateBasisPoints, validFrom: input.validFrom },
      });
      return taxRate;
    });
  }

  return { issuers, rates, updateIssuer, setRate };
}

export interface IssuerSettings {
  readonly INVOICE_ISSUER_NAME?: string | undefined;
  readonly INVOICE_ISSUER_ADDRESS?: string | undefined;
  readonly INVOICE_ISSUER_TAX_ID?: string | undefined;
}

/** At the start: who sells by default is what the settings say, unless somebody has said it here. */
export async function introduceIssuer(
  { db, log }: { db: Db; log: Logger },
  {
    INVOICE_ISSUER_NAME: name,
    INVOICE_ISSUER_ADDRESS: address,
    INVOICE_ISSUER_TAX_ID: taxId,
  }: IssuerSettings,
): Promise<void> {
  const said = { ...(name && { name }), ...(address && { address }), ...(taxId && { taxId }) };
  if (Object.keys(said).length > 0)
    await db.invoiceIssuer.updateMany({ where: { isDefault: true, version: 1 }, data: said });
  if ((await db.invoiceIssuer.count({ where: { isDefault: true, address: '' } })) > 0)
    log.warn('invoices say no address of who sells: set INVOICE_ISSUER_ADDRESS, or call updateInvoiceIssuer');
}

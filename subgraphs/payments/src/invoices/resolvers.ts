import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { invoiceIds, invoiceIssuerIds, userIds } from '../ids.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

interface Amounts {
  readonly currency: string;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}
const amounts = {
  net: ({ netMinor: amountMinor, currency }: Amounts) => ({ amountMinor, currency }),
  tax: ({ taxMinor: amountMinor, currency }: Amounts) => ({ amountMinor, currency }),
  total: ({ totalMinor: amountMinor, currency }: Amounts) => ({ amountMinor, currency }),
};

export const resolvers: Resolvers = {
  Query: {
    invoice: (_parent, { id }, { loaders }) => loaders.invoice.load(invoiceIds.decode(id)),
    invoices: async (_parent, { filter, ...args }, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.invoiceLists.all(filter ?? {}, page), page);
    },
    invoiceIssuers: (_parent, _args, { services }) => services.invoiceSettings.issuers(),
    taxRates: (_parent, { countryCode }, { services }) => services.invoiceSettings.rates(countryCode ?? null),
  },
  Mutation: {
    draftInvoice: mutation(async (input, { viewer, services }) => ({
      invoice: await services.invoiceDesk.draft(viewer!.id, input),
    })),
    finaliseInvoice: mutation(async ({ invoiceId }, { services }) => ({
      invoice: await services.invoiceDesk.finalise(invoiceIds.decode(invoiceId)),
    })),
    discardInvoice: mutation(async ({ invoiceId }, { services }) => {
      await services.invoiceDesk.discard(invoiceIds.decode(invoiceId));
      return { isDiscarded: true };
    }),
    creditInvoice: mutation(async (input, { viewer, services }) => ({
      invoice: await services.invoiceDesk.credit(viewer!.id, input),
    })),
    updateInvoiceIssuer: mutation(async (input, { services }) => ({
      issuer: await services.invoiceSettings.updateIssuer(input),
    })),
    setTaxRate: mutation(async (input, { services }) => ({
      taxRate: await services.invoiceSettings.setRate(input),
    })),
  },
  User: {
    invoices: async ({ id }, args, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      const key = userIds.decode(id);
      if (viewer?.kind !== 'person' || viewer.id !== key) return null;
      return toConnection(await services.invoiceLists.ofPerson(key, page), page);
    },
  },
  Invoice: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = invoiceIds.find(id);
      return key === null ? null : loaders.invoice.load(key);
    },
    id: ({ id }) => invoiceIds.encode(id),
    issuedOn: ({ issuedOn }) => issuedOn?.toISOString().slice(0, 10) ?? null,
    customer: ({ customerId }) => ({ id: userIds.encode(customerId) }),
    recipient: async ({ id, countryCode }, _args, { loaders }) => {
      const recipient = await loaders.invoiceRecipientOf.load(id);
      return !recipient || recipient.erasedAt ? null : { ...recipient, countryCode };
    },
    issuer: ({ status, issuerName, issuerAddress, issuerCountryCode, issuerTaxId }) =>
      status === 'DRAFT'
        ? null
        : { name: issuerName, address: issuerAddress, countryCode: issuerCountryCode, taxId: issuerTaxId },
    lines: async ({ id, currency }, _args, { loaders }) =>
      (await loaders.invoiceLinesOf.load(id)).map((line) => ({ ...line, currency })),
    taxes: async ({ id, currency }, _args, { loaders }) =>
      (await loaders.invoiceTaxesOf.load(id)).map((tax) => ({ ...tax, currency })),
    ...amounts,
    creditedInvoice: ({ creditedInvoiceId }, _args, { loaders }) =>
      creditedInvoiceId ? loaders.invoice.load(creditedInvoiceId) : null,
    creditNotes: ({ id }, _args, { loaders }) => loaders.creditNotesOf.load(id),
    debitNotes: ({ id }, _args, { loaders }) => loaders.debitNotesOf.load(id),
    credited: async ({ id, currency }, _args, { loaders }) => ({
      amountMinor: (await loaders.creditedOf.load(id))?.creditedMinor ?? 0n,
      currency,
    }),
    document: async (invoice, _args, { viewer, services, loaders }) =>
      (await loaders.invoiceDeliveryOf.load(invoice.id)) ? services.documents.linkTo(invoice, viewer!) : null,
  },
  InvoiceLine: {
    unitPrice: ({ unitAmountMinor, currency }) => ({ amountMinor: unitAmountMinor, currency }),
    ...amounts,
  },
  InvoiceTax: amounts,
  InvoiceIssuer: { id: ({ id }) => invoiceIssuerIds.encode(id) },
  TaxRate: {
    validFrom: ({ validFrom }) => validFrom.toISOString().slice(0, 10),
    validUntil: ({ validUntil }) => validUntil?.toISOString().slice(0, 10) ?? null,
  },
};

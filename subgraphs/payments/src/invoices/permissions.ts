import { anyone, authenticated, carriers, hasRole, inPerson, type PermissionMap } from '@diaspora/kit';

/** Invoices reach resolvers only through loaders and lists that keep them to their owner and super users. */
export const permissions: PermissionMap = {
  Query: {
    invoice: anyone,
    invoices: hasRole('SUPER_USER'),
    invoiceIssuers: hasRole('SUPER_USER'),
    taxRates: hasRole('SUPER_USER'),
  },
  Mutation: {
    draftInvoice: hasRole('SUPER_USER'),
    finaliseInvoice: hasRole('SUPER_USER'),
    discardInvoice: hasRole('SUPER_USER'),
    creditInvoice: hasRole('SUPER_USER'),
    updateInvoiceIssuer: hasRole('SUPER_USER'),
    setTaxRate: hasRole('SUPER_USER'),
  },
  User: { invoices: anyone },
  // Where somebody lives is nobody else's to see, whoever looks at the rest for them.
  Invoice: { recipient: inPerson, document: inPerson, '*': authenticated },
  ...carriers('InvoiceParty', 'InvoiceLine', 'InvoiceTax', 'InvoiceDocument'),
  ...carriers(
    'InvoiceConnection',
    'InvoiceEdge',
    'InvoicePayload',
    'DiscardInvoicePayload',
    'InvoiceIssuer',
    'UpdateInvoiceIssuerPayload',
    'TaxRate',
    'SetTaxRatePayload',
  ),
};

import { aViewer } from '@diaspora/kit/testing';
import type { Viewer } from '@diaspora/kit';
import { userIds } from '../ids.js';
import type { givenPayments } from './given.js';

type Payments = Awaited<ReturnType<typeof givenPayments>>;

const invoiceFields = `id kind status number issuedOn language customer { id }
  recipient { name address taxId countryCode } issuer { name countryCode }
  lines { position description quantity unitPrice { amountMinor } net { amountMinor } tax { amountMinor } total { amountMinor } rateBasisPoints }
  taxes { rateBasisPoints name net { amountMinor } tax { amountMinor } total { amountMinor } }
  net { amountMinor } tax { amountMinor } total { amountMinor currency } credited { amountMinor }
  creditedInvoice { id } creditNotes { id } debitNotes { id }`;

export const draftInvoice = `mutation ($input: DraftInvoiceInput!) {
  draftInvoice(input: $input) { invoice { ${invoiceFields} } userErrors { code path } } }`;
export const finaliseInvoice = `mutation ($input: FinaliseInvoiceInput!) {
  finaliseInvoice(input: $input) { invoice { ${invoiceFields} } userErrors { code path } } }`;
export const discardInvoice = `mutation ($input: DiscardInvoiceInput!) {
  discardInvoice(input: $input) { isDiscarded userErrors { code path } } }`;
export const creditInvoice = `mutation ($input: CreditInvoiceInput!) {
  creditInvoice(input: $input) { invoice { ${invoiceFields} } userErrors { code path } } }`;
export const invoiceQuery = `query ($id: ID!) { invoice(id: $id) { ${invoiceFields} } }`;
export const updateBillingDetails = `mutation ($input: UpdateBillingDetailsInput!) {
  updateBillingDetails(input: $input) {
    billingDetails { name address countryCode taxId email language version } userErrors { code path } } }`;

export const chief: Viewer = aViewer({ roles: ['SUPER_USER', 'REGULAR'] });

let keys = 0;
export const aKey = () => `invoice-key-${++keys}`;

export const lineOf = (unitAmountMinor: number | string, overrides: object = {}) => ({
  description: 'Premium, one month',
  quantity: 1,
  unitAmountMinor: String(unitAmountMinor),
  ...overrides,
});

/** What people of this subgraph's tests have to do with invoices. */
export function givenInvoices(payments: Payments) {
  const asChief = payments.as(chief);

  /** Somebody whose profile users told of. */
  async function customer(
    profile: { displayName?: string; countryCode?: string | null; languages?: string[] } = {},
  ) {
    const viewer = aViewer();
    const { displayName = 'Ana Pop', countryCode = 'RO', languages = ['en'] } = profile;
    await payments.db.customer.create({
      data: { userId: viewer.id, displayName, countryCode, languages, profileVersion: 1 },
    });
    return { viewer, publicId: userIds.encode(viewer.id) };
  }

  const drafted = async (customerId: string, lines: object[] = [lineOf(1_210)], currency = 'EUR') => {
    const input = { idempotencyKey: aKey(), customerId, currency, lines };
    const { data } = await asChief.execute(draftInvoice, { input });
    return data.draftInvoice.invoice;
  };

  const finalised = async (customerId: string, lines?: object[], currency?: string) => {
    const { id: invoiceId } = await drafted(customerId, lines, currency);
    const { data } = await asChief.execute(finaliseInvoice, { input: { invoiceId } });
    return data.finaliseInvoice.invoice;
  };

  const credited = async (invoiceId: string, amountMinor: string | null = null) => {
    const input = { idempotencyKey: aKey(), invoiceId, amountMinor, reason: 'wrong price' };
    const { data } = await asChief.execute(creditInvoice, { input });
    return data.creditInvoice;
  };

  return { asChief, customer, drafted, finalised, credited };
}

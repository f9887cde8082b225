import { silentLog } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invoiceIssuerIds } from '../ids.js';
import { givenPayments } from '../testing/given.js';
import { chief } from '../testing/invoices.js';
import { introduceIssuer } from './settings.js';

const update = `mutation ($input: UpdateInvoiceIssuerInput!) {
  updateInvoiceIssuer(input: $input) { userErrors { code } } }`;

let payments: Awaited<ReturnType<typeof givenPayments>>;
beforeAll(async () => {
  payments = await givenPayments();
});
afterAll(() => payments.stop());

describe('who sells by default', () => {
  it('is what the settings say at the start, until somebody says it here', async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (message: string) => void warnings.push(message) } as never;
    const say = (INVOICE_ISSUER_ADDRESS?: string) =>
      introduceIssuer({ db: payments.db, log }, { INVOICE_ISSUER_ADDRESS });
    const known = () => payments.db.invoiceIssuer.findFirstOrThrow({ where: { isDefault: true } });
    const { id, address } = await known();
    await say();
    expect([address, warnings]).toEqual(['', [expect.stringContaining('INVOICE_ISSUER_ADDRESS')]]);
    await say('Cluj 1');
    await say('Cluj 2');
    expect(await known()).toMatchObject({ name: 'Diaspora', address: 'Cluj 2', version: 1 });
    const input = { issuerId: invoiceIssuerIds.encode(id), expectedVersion: 1, address: 'Cluj 3' };
    await payments.as(chief).execute(update, { input });
    await say('Cluj 4');
    expect(await known()).toMatchObject({ address: 'Cluj 3', version: 2 });
    expect(warnings).toHaveLength(1);
  });
});

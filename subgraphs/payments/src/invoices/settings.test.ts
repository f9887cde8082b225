import { aViewer, auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenPayments } from '../testing/given.js';
import { givenInvoices } from '../testing/invoices.js';

const issuers = '{ invoiceIssuers { id name address version isDefault numberPrefix } }';
const update = `mutation ($input: UpdateInvoiceIssuerInput!) {
  updateInvoiceIssuer(input: $input) { issuer { name taxId version } userErrors { code path } } }`;
const setRate = `mutation ($input: SetTaxRateInput!) {
  setTaxRate(input: $input) { taxRate { rateBasisPoints validUntil } userErrors { code path } } }`;
const rates = `query ($countryCode: CountryCode) {
  taxRates(countryCode: $countryCode) { rateBasisPoints validFrom validUntil } }`;

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenInvoices>;
beforeAll(async () => {
  payments = await givenPayments();
  given = givenInvoices(payments);
});
afterAll(() => payments.stop());

describe('who sells', () => {
  it('is printed on invoices from the change on, and not on those before', async () => {
    const { publicId } = await given.customer();
    const before = await given.finalised(publicId);
    const [issuer] = (await given.asChief.execute(issuers)).data.invoiceIssuers;
    const input = {
      issuerId: issuer.id,
      expectedVersion: issuer.version,
      name: 'Diaspora SRL',
      address: 'Iași',
      taxId: 'RO1',
    };
    const answers = await Promise.all([1, 2].map(() => given.asChief.execute(update, { input })));
    const codes = answers.flatMap(({ data }) =>
      data.updateInvoiceIssuer.userErrors.map(({ code }: { code: string }) => code),
    );
    expect(codes).toEqual(['CONFLICT']);
    const after = await given.finalised(publicId);
    expect([before.issuer.name, after.issuer.name]).toEqual(['Diaspora', 'Diaspora SRL']);
    expect(await auditLines(payments.db, issuer.id)).toMatchObject([
      { action: 'invoiceIssuer.changed', before: { name: 'Diaspora' }, after: { name: 'Diaspora SRL' } },
    ]);
  });
});

describe('a rate', () => {
  const set = async (rateBasisPoints: number, validFrom: string) => {
    const input = { countryCode: 'SE', name: 'moms', rateBasisPoints, validFrom };
    return (await given.asChief.execute(setRate, { input })).data.setTaxRate;
  };

  it('ends where the next one begins, and what was planned for later days goes', async () => {
    await set(2_600, '2026-07-01');
    await set(2_400, '2026-06-10');
    const { data } = await given.asChief.execute(rates, { countryCode: 'SE' });
    expect(data.taxRates).toEqual([
      { rateBasisPoints: 2_400, validFrom: '2026-06-10', validUntil: null },
      { rateBasisPoints: 2_500, validFrom: '2020-01-01', validUntil: '2026-06-10' },
    ]);
  });

  it('does not begin before today', async () => {
    expect((await set(2_400, '2026-05-31')).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['validFrom'] },
    ]);
  });
});

it.each([
  ['a visitor', null, 'UNAUTHENTICATED'],
  ['a member', aViewer(), 'FORBIDDEN'],
  ['an ambassador', aViewer({ roles: ['AMBASSADOR'] }), 'FORBIDDEN'],
])('settings are not for %s', async (_who, viewer, code) => {
  const input = { countryCode: 'SE', name: 'moms', rateBasisPoints: 0, validFrom: '2027-01-01' };
  for (const [query, variables] of [[issuers], [rates, {}], [setRate, { input }]] as const)
    expect((await payments.as(viewer).execute(query, variables)).codes).toEqual([code]);
});

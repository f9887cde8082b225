import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer, personalDataOf } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { givenPayments } from '../testing/given.js';
import { createLedger, entries } from './index.js';

const books = `{
  ledgerCheck { transactions postings faults }
  ledgerAccounts(first: 10) { nodes { type provider seller { id } balance { amountMinor currency } } }
}`;
const sales = `query ($r: [_Any!]!) {
  _entities(representations: $r) { ... on User { salesBalances { amountMinor currency } } }
}`;

let payments: Awaited<ReturnType<typeof givenPayments>>;
const seller = aViewer();
beforeAll(async () => {
  payments = await givenPayments();
  const ledger = createLedger({ clock: payments.clock });
  const about = { orderId: randomUUID(), reference: randomUUID(), at: payments.clock.now(), currency: 'EUR' };
  const shares = { sellerId: seller.id, sellerMinor: 950n, platformMinor: 50n };
  await payments.db.$transaction((tx) =>
    ledger.post(
      tx,
      entries.orderCaptured({ ...about, provider: 'sandbox', amountMinor: 1_000n }),
      entries.orderSold({ ...about, shares }),
    ),
  );
});
afterAll(() => payments.stop());

const salesSeenBy = async (viewer: Viewer | null) => {
  const r = [{ __typename: 'User', id: userIds.encode(seller.id) }];
  const { data, errors } = await payments.as(viewer).execute(sales, { r });
  expect(errors).toEqual([]);
  return data._entities[0].salesBalances as unknown;
};

const ambassador = aViewer({
  roles: ['AMBASSADOR'],
  offices: [{ role: 'AMBASSADOR', countryCode: 'DE' }],
});

describe('who may look into the books', () => {
  it('shows them to super users', async () => {
    const { data } = await payments.as(aViewer({ roles: ['SUPER_USER'] })).execute(books);
    expect(data.ledgerCheck).toEqual({ transactions: 2, postings: 5, faults: [] });
    expect(data.ledgerAccounts.nodes).toHaveLength(4);
    expect(data.ledgerAccounts.nodes).toEqual(
      expect.arrayContaining([
        {
          type: 'PROVIDER_CLEARING',
          provider: 'sandbox',
          seller: null,
          balance: { amountMinor: 1_000, currency: 'EUR' },
        },
        {
          type: 'ORGANIZER_PAYABLE',
          provider: null,
          seller: { id: userIds.encode(seller.id) },
          balance: { amountMinor: -950, currency: 'EUR' },
        },
      ]),
    );
  });

  it.each([
    ['a visitor', null, 'UNAUTHENTICATED'],
    ['a stranger', aViewer(), 'FORBIDDEN'],
    ['a seller', seller, 'FORBIDDEN'],
    ['an ambassador', ambassador, 'FORBIDDEN'],
    ['a service account', aViewer({ kind: 'service', scopes: [] }), 'FORBIDDEN'],
  ] as const)('not to %s', async (_who, viewer, code) => {
    const { data, codes } = await payments.as(viewer).execute(books);
    expect(data).toBeNull();
    expect(codes).toEqual(expect.arrayContaining([code]));
  });
});

describe('what a seller is owed', () => {
  it.each([
    ['the seller', seller],
    ['a super user', aViewer({ roles: ['SUPER_USER'] })],
  ])('is shown to %s', async (_who, viewer) => {
    expect(await salesSeenBy(viewer)).toEqual([{ amountMinor: 950, currency: 'EUR' }]);
  });

  it.each([
    ['a visitor', null],
    ['a stranger', aViewer()],
    ['an ambassador', ambassador],
    ['a service account', aViewer({ id: seller.id, kind: 'service' })],
  ])('is hidden from %s', async (_who, viewer) => {
    expect(await salesSeenBy(viewer)).toBeNull();
  });

  it('is part of their export', async () => {
    const { records } = await personalDataOf(payments.subgraph.jobs!, payments.privateStore).exported(
      seller.id,
    );
    expect(records['sales']).toEqual([{ currency: 'EUR', owedToYouMinor: '950' }]);
    expect(records['salesBookings']).toMatchObject([{ kind: 'ORDER_SOLD', addedMinor: '950' }]);
  });
});

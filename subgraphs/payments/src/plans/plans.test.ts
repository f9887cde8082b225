import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenPayments } from '../testing/given.js';

const plans = `query ($first: Int, $after: String, $last: Int) {
  plans(first: $first, after: $after, last: $last) {
    nodes { id code name price { amountMinor currency formatted(locale: "de") } interval entitlements }
    pageInfo { hasNextPage endCursor }
  }
}`;

describe('the catalogue', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments();
  });
  afterAll(() => payments.stop());

  it('lists what is on offer to everybody, cheapest first', async () => {
    const { data } = await payments.anonymous.execute(plans, { first: 10 });
    expect(data.plans.nodes).toMatchObject([
      { code: 'FREE', price: { amountMinor: 0, currency: 'EUR' }, interval: null, entitlements: [] },
      { code: 'PREMIUM_MONTHLY', price: { amountMinor: 799, formatted: '7,99\u00a0€' }, interval: 'MONTH' },
      { code: 'PREMIUM_YEARLY', price: { amountMinor: 7990 }, interval: 'YEAR' },
    ]);
    expect(data.plans.nodes[1].entitlements).toHaveLength(7);
  });

  it('lists the tiers of workspaces apart', async () => {
    const tiers = `{ plans(audience: WORKSPACE, first: 10) { nodes { code tier trialDays creditsPerMonth } } }`;
    const { data } = await payments.anonymous.execute(tiers);
    expect(data.plans.nodes).toMatchObject([
      { code: 'WORKSPACE_FREE', tier: 0, trialDays: 0, creditsPerMonth: 0 },
      { code: 'WORKSPACE_TEAM_MONTHLY', tier: 10, trialDays: 14, creditsPerMonth: 1_000 },
      { code: 'WORKSPACE_BUSINESS_MONTHLY', tier: 20, creditsPerMonth: 5_000 },
      { code: 'WORKSPACE_TEAM_YEARLY', tier: 10 },
      { code: 'WORKSPACE_BUSINESS_YEARLY', tier: 20 },
    ]);
  });

  it('goes on where a page ended, and leaves out what is not offered any more', async () => {
    const [first] = [(await payments.anonymous.execute(plans, { first: 1 })).data.plans];
    expect(first).toMatchObject({ nodes: [{ code: 'FREE' }], pageInfo: { hasNextPage: true } });
    await payments.db.plan.update({
      where: { code_version: { code: 'PREMIUM_MONTHLY', version: 1 } },
      data: { retiredAt: payments.clock.now() },
    });
    const rest = await payments.anonymous.execute(plans, { first: 2, after: first.pageInfo.endCursor });
    expect(rest.data.plans.nodes).toMatchObject([{ code: 'PREMIUM_YEARLY' }]);
  });

  it.each([{ first: 101 }, { first: -1 }, {}, { first: 1, last: 1 }, { first: 1, after: 'nonsense' }])(
    'refuses the page %p',
    async (page) => {
      expect((await payments.anonymous.execute(plans, page)).codes).toEqual(['INVALID_INPUT']);
    },
  );
});

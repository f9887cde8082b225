import { afterAll } from '@jest/globals';
import { describeSubgraphContract } from '@diaspora/kit/testing';
import { planIds } from './ids.js';
import { givenPayments } from './testing/given.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;

afterAll(() => payments.stop());

describeSubgraphContract('payments', async () => {
  payments = await givenPayments();
  const plans = await payments.db.plan.findMany();
  return {
    subgraph: payments.subgraph,
    entities: {
      typename: 'Plan',
      ids: plans.map((plan) => planIds.encode(plan.id)),
      field: 'name price { amountMinor currency } entitlements',
      viewer: null,
    },
    statements: payments.statements,
  };
});

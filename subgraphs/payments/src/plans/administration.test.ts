import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aViewer, auditLines } from '@diaspora/kit/testing';
import { givenPayments } from '../testing/given.js';

const create = `mutation ($input: CreatePlanVersionInput!) {
  createPlanVersion(input: $input) {
    plan { id code version tier price { amountMinor currency } interval entitlements trialDays retiredAt }
    userErrors { code path }
  }
}`;
const retire = `mutation ($input: RetirePlanInput!) {
  retirePlan(input: $input) { plan { code version retiredAt } userErrors { code path } }
}`;
const versions = `query ($code: String!) {
  planVersions(code: $code, first: 10) { nodes { version price { amountMinor } retiredAt } }
}`;

const offer = (overrides: object = {}) => ({
  input: {
    code: 'PREMIUM_MONTHLY',
    expectedVersion: 1,
    name: 'Premium, monthly',
    tier: 10,
    priceMinor: 999,
    currency: 'EUR',
    interval: 'MONTH',
    entitlements: ['AD_FREE', 'AI_CREDITS', 'AD_FREE'],
    trialDays: 7,
    creditsPerMonth: 50,
    ...overrides,
  },
});

let codes = 0;
const newCode = (overrides: object = {}) =>
  offer({ code: `SUPPORTER_${++codes}`, expectedVersion: 0, ...overrides });

describe('super users', () => {
  const root = aViewer({ roles: ['SUPER_USER'] });
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments();
  });
  afterAll(() => payments.stop());

  const created = async (variables: ReturnType<typeof offer>) =>
    (await payments.as(root).execute(create, variables)).data.createPlanVersion;
  const onOffer = (code: string) => payments.db.plan.findMany({ where: { code, retiredAt: null } });

  it('offer a new version, which retires the one before and leaves subscriptions on theirs, on record', async () => {
    const { viewer } = await payments.given.subscriber();
    const { plan, userErrors } = await created(offer());
    expect(userErrors).toEqual([]);
    expect(plan).toMatchObject({
      version: 2,
      price: { amountMinor: 999, currency: 'EUR' },
      entitlements: ['AD_FREE', 'AI_CREDITS'],
      trialDays: 7,
      retiredAt: null,
    });
    expect(await onOffer('PREMIUM_MONTHLY')).toMatchObject([{ version: 2 }]);
    const bought = `{ viewerSubscription { plan { version price { amountMinor } } } }`;
    expect((await payments.as(viewer).execute(bought)).data.viewerSubscription.plan).toEqual({
      version: 1,
      price: { amountMinor: 799 },
    });
    const { data } = await payments.as(root).execute(versions, { code: 'PREMIUM_MONTHLY' });
    expect(data.planVersions.nodes).toEqual([
      { version: 2, price: { amountMinor: 999 }, retiredAt: null },
      { version: 1, price: { amountMinor: 799 }, retiredAt: payments.clock.now().toISOString() },
    ]);
    const [line] = await auditLines(payments.db, plan.id);
    expect(line).toMatchObject({
      action: 'plan.versionCreated',
      actor: { kind: 'PERSON', id: root.id },
      before: { version: 1, amountMinor: '799' },
      after: { version: 2, amountMinor: '999' },
    });
  });

  it('retire a plan: it is not sold any more, and a later version brings it back', async () => {
    const { code } = newCode().input;
    await created(offer({ code, expectedVersion: 0 }));
    for (let time = 0; time < 2; time++) {
      const answer = await payments.as(root).execute(retire, { input: { code, expectedVersion: 1 } });
      expect(answer.data.retirePlan).toMatchObject({
        plan: { version: 1, retiredAt: expect.any(String) },
        userErrors: [],
      });
    }
    expect(await onOffer(code)).toEqual([]);
    expect((await created(offer({ code }))).plan).toMatchObject({ version: 2, retiredAt: null });
  });

  it('are told of the newest version when they expected another', async () => {
    const { code } = newCode().input;
    await created(offer({ code, expectedVersion: 0 }));
    const conflict = {
      plan: { code, version: 1 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    };
    expect(await created(offer({ code, expectedVersion: 0 }))).toMatchObject(conflict);
    const late = await payments.as(root).execute(retire, { input: { code, expectedVersion: 3 } });
    expect(late.data.retirePlan).toMatchObject(conflict);
  });

  it('make one next version when eight try at once, of a new code as of one that is there', async () => {
    const { code } = newCode().input;
    for (const expectedVersion of [0, 1]) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => created(offer({ code, expectedVersion }))),
      );
      expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
      expect(await onOffer(code)).toMatchObject([{ version: expectedVersion + 1 }]);
    }
  });

  it.each([
    ['a code in small letters', { code: 'gold' }, ['code']],
    ['a code without anything', { code: '' }, ['code']],
    ['a name without anything to see', { name: '\u200b' }, ['name']],
    ['a price without an interval', { interval: null }, ['priceMinor']],
    ['an interval without a price', { priceMinor: 0 }, ['priceMinor']],
    ['a negative price', { priceMinor: -1 }, ['priceMinor']],
    ['a price beyond all providers', { priceMinor: 10_000_000_000 }, ['priceMinor']],
    ['a trial of nothing', { priceMinor: 0, interval: null }, ['trialDays']],
    ['a trial of a year', { trialDays: 365 }, ['trialDays']],
    ['a tier below all', { tier: -1 }, ['tier']],
    ['credits beyond counting', { creditsPerMonth: 2_000_000 }, ['creditsPerMonth']],
  ])('are refused %s', async (_what, overrides, path) => {
    const variables = newCode(overrides);
    expect(await created(variables)).toMatchObject({
      plan: null,
      userErrors: [{ code: 'INVALID_INPUT', path }],
    });
    expect(await onOffer(variables.input.code)).toEqual([]);
  });

  it.each([
    ['audience', { audience: 'WORKSPACE' }],
    ['interval', { interval: 'YEAR' }],
    ['currency', { currency: 'RON' }],
  ])('do not change the %s of a code', async (field, overrides) => {
    const { code } = newCode().input;
    await created(offer({ code, expectedVersion: 0 }));
    expect(await created(offer({ code, ...overrides }))).toMatchObject({
      plan: null,
      userErrors: [{ code: 'INVALID_INPUT', path: [field] }],
    });
    expect(await onOffer(code)).toMatchObject([{ version: 1 }]);
  });

  it.each([
    ['a visitor', null, 'UNAUTHENTICATED'],
    ['a member', aViewer(), 'FORBIDDEN'],
    ['an ambassador', aViewer({ roles: ['AMBASSADOR'] }), 'FORBIDDEN'],
    ['a program', aViewer({ kind: 'service', roles: ['SERVICE'], scopes: ['users:read'] }), 'FORBIDDEN'],
  ])('are the only ones: not %s', async (_who, viewer, code) => {
    const variables = newCode();
    const as = payments.as(viewer);
    const retiring = { input: { code: 'PREMIUM_YEARLY', expectedVersion: 1 } };
    const answers = [
      await as.execute(create, variables),
      await as.execute(retire, retiring),
      await as.execute(versions, { code: 'PREMIUM_YEARLY' }),
    ];
    expect(answers.map(({ codes: told }) => told)).toEqual([[code], [code], [code]]);
    expect(await onOffer(variables.input.code)).toEqual([]);
    expect(await onOffer('PREMIUM_YEARLY')).toHaveLength(1);
  });
});

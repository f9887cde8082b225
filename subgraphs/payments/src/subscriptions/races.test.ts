import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { givenPayments } from '../testing/given.js';
import { givenPlans } from '../testing/given-plans.js';
import { eventBody, post, signedByStripe } from '../testing/events.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let other: ReturnType<Awaited<ReturnType<typeof givenPayments>>['anotherInstance']>;
let given: ReturnType<typeof givenPlans>;
beforeAll(async () => {
  payments = await givenPayments({ start: new Date('2027-06-01T10:00:00.000Z') });
  other = payments.anotherInstance();
  given = givenPlans(payments);
  await given.plan('GOLD_MONTHLY', { tier: 20, amountMinor: 1_999n });
});
afterAll(async () => {
  await other.stop();
  await payments.stop();
});

/** The job of another process. */
const advanceElsewhere = () =>
  other.subgraph.jobs!['advanceSubscriptions']!.run(
    {} as never,
    {
      signal: new AbortController().signal,
    } as never,
  );
const nextStepOf = async (key: string) =>
  (await payments.db.subscription.findUniqueOrThrow({ where: { id: key } })).nextStepAt!;
const underWay = ({ key }: { key: string }) =>
  payments.db.payment.count({ where: { subscriptionId: key, status: 'CREATED' } });

describe('at the same moment', () => {
  it('an upgrade and a renewal ask for one payment between them', async () => {
    for (let round = 0; round < 5; round++) {
      const person = await given.paid(new Date(payments.clock.now().getTime() + 60_000));
      // A minute before the end of the period both are possible when the clock of the job is fast.
      const due = { nextStepAt: payments.clock.now() };
      await payments.db.subscription.update({ where: { id: person.key }, data: due });
      const [changed] = await Promise.all([
        given.changeTo(person, 'GOLD_MONTHLY'),
        given.advance(),
        advanceElsewhere(),
      ]);
      expect(await underWay(person)).toBe(1);
      const last = await payments.db.subscriptionPeriod.findFirst({
        where: { subscriptionId: person.key },
        orderBy: { index: 'desc' },
      });
      expect(last?.kind).toBe(changed.userErrors.length > 0 ? 'RENEWAL' : 'CHANGE');
    }
  }, 120_000);

  it('one payment is under way, whoever asks: the index says so when a lock is missing', async () => {
    const person = await given.paid(payments.clock.now());
    const row = { subscriptionId: person.key, periodIndex: 1, userId: person.viewer.id, provider: 'sandbox' };
    const price = { amountMinor: 799n, currency: 'EUR', createdAt: payments.clock.now() };
    const ask = (attempt: number) =>
      payments.db.payment.create({ data: { id: randomUUID(), attempt, ...row, ...price } });
    await ask(1);
    await expect(ask(2)).rejects.toThrow();
    const owner = createPool({ url: payments.database.ownerUrl, max: 1 });
    await owner.query('DROP INDEX payments_one_under_way');
    await ask(2);
    expect(await underWay(person)).toBe(2);
    await payments.db.payment.deleteMany({ where: { subscriptionId: person.key, status: 'CREATED' } });
    await owner.query(
      `CREATE UNIQUE INDEX payments_one_under_way ON payments (subscription_id) WHERE status IN ('CREATED', 'AUTHORISED')`,
    );
    await owner.end();
  });

  it('a cancellation and the webhook of a renewal end in one of two ways, and no money is lost', async () => {
    for (let round = 0; round < 4; round++) {
      const person = await given.paid(payments.clock.now());
      await given.advance();
      const payment = (await given.charges(person)).at(-1)!;
      const body = eventBody('payment.captured', payment, { at: payments.clock.now() });
      await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()));
      const [cancelled] = await Promise.all([
        given.cancel(person, { atPeriodEnd: false }),
        payments.jobs.drain('processProviderEvent'),
      ]);
      const { status } = await payments.db.subscription.findUniqueOrThrow({ where: { id: person.key } });
      const { owedBackAt } = await payments.db.payment.findUniqueOrThrow({ where: { id: payment.id } });
      // Asked before the money was there it is refused; afterwards it ends what is paid.
      expect([status, owedBackAt]).toEqual([cancelled.userErrors.length > 0 ? 'ACTIVE' : 'CANCELLED', null]);
    }
  }, 120_000);

  it('two processes share what is due: forty subscriptions, forty payments', async () => {
    const people = await Promise.all(Array.from({ length: 40 }, () => given.paid(payments.clock.now())));
    const keys = people.map(({ key }) => key);
    await Promise.all([given.advance(), advanceElsewhere(), given.advance()]);
    const asked = await payments.db.payment.groupBy({
      by: ['subscriptionId'],
      where: { subscriptionId: { in: keys } },
      _count: true,
    });
    expect(asked.map(({ _count }) => _count)).toEqual(Array(40).fill(1));
  }, 120_000);
});

describe('renewals', () => {
  it('of the others go on when one cannot be advanced; it is set aside and looked at again', async () => {
    const [broken, ...well] = await Promise.all(
      Array.from({ length: 5 }, () => given.paid(payments.clock.now())),
    );
    await given.plan('BROKEN', { tier: 10, amountMinor: 1n });
    const plan = await payments.db.plan.findFirstOrThrow({ where: { code: 'BROKEN' } });
    await payments.db.subscription.update({ where: { id: broken!.key }, data: { planId: plan.id } });
    const owner = createPool({ url: payments.database.ownerUrl, max: 1 });
    await owner.query('ALTER TABLE payments ADD CONSTRAINT broken CHECK (amount_minor <> 1)');
    await expect(given.advance()).rejects.toThrow('1 subscriptions did not advance');
    const counts = await Promise.all(well.map((person) => given.charges(person)));
    expect(counts.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(await given.charges(broken!)).toEqual([]);
    expect((await nextStepOf(broken!.key)) > payments.clock.now()).toBe(true);
    await owner.query('ALTER TABLE payments DROP CONSTRAINT broken');
    await owner.end();
    payments.clock.advance(10 * 60_000);
    await given.advance();
    expect(await given.charges(broken!)).toHaveLength(1);
  }, 120_000);

  it('stop between two transactions when the process must, and leave the rest due', async () => {
    await Promise.all(Array.from({ length: 3 }, () => given.paid(payments.clock.now())));
    const { advanceSubscriptions } = other.subgraph.jobs!;
    await advanceSubscriptions!.run({} as never, { signal: AbortSignal.abort() } as never);
    const due = () =>
      payments.db.subscription.count({ where: { nextStepAt: { lte: payments.clock.now() } } });
    expect(await due()).toBe(3);
    await given.advance();
    expect(await due()).toBe(0);
  });

  it.each([
    ['next_step_at', 'subscriptions_next_step'],
    ['next_credits_at', 'subscriptions_next_credits'],
  ])('find what is due by %s through an index, among many', async (column, index) => {
    const { rows } = await (async () => {
      const owner = createPool({ url: payments.database.ownerUrl, max: 1 });
      await owner.query(`INSERT INTO subscriptions (id, user_id, plan_id, provider, payment_token, created_at, status, ended_at, ${column})
        SELECT gen_random_uuid(), gen_random_uuid(), (SELECT id FROM plans LIMIT 1), 'sandbox', '', now(), 'CANCELLED', now(),
          now() + make_interval(secs => n) FROM generate_series(1, 20000) AS n`);
      await owner.query('ANALYZE subscriptions');
      const plan = await owner.query(
        `EXPLAIN SELECT id FROM subscriptions WHERE ${column} <= now() ORDER BY ${column} LIMIT 20 FOR NO KEY UPDATE SKIP LOCKED`,
      );
      await owner.query(`DELETE FROM subscriptions WHERE payment_token = '' AND status = 'CANCELLED'`);
      await owner.end();
      return plan;
    })();
    const text = JSON.stringify(rows);
    expect(text).toContain(index);
    expect(text).not.toContain('Seq Scan');
  });
});

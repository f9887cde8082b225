import type { Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { subscriptionIds } from '../ids.js';
import type { givenPayments } from './given.js';

type Payments = Awaited<ReturnType<typeof givenPayments>>;
type Whose = Pick<Payments, 'clock' | 'given'> & {
  readonly db: Transaction;
  readonly jobs: Pick<Payments['jobs'], 'runTask'>;
};

/** Payments without what led to them, and what providers tell of them. */
export function givenCharges(payments: Whose) {
  const { db, clock, jobs } = payments;

  /** A payment of somebody new that was asked for, for the first period of a subscription. */
  async function waiting(provider = 'sandbox'): Promise<Payment> {
    const { viewer } = payments.given.person();
    const plan = await db.plan.findFirstOrThrow({ where: { code: 'PREMIUM_MONTHLY', retiredAt: null } });
    const { amountMinor, currency } = plan;
    const whose = { provider, createdAt: clock.now(), userId: viewer.id };
    const id = subscriptionIds.create();
    await db.subscription.create({
      data: { ...whose, id, planId: plan.id, paymentToken: 'pm_sandbox_succeeds' },
    });
    const first = { kind: 'FIRST', planId: plan.id, index: 0, number: 0, amountMinor } as const;
    await db.subscriptionPeriod.create({
      data: { ...first, subscriptionId: id, createdAt: whose.createdAt },
    });
    return db.payment.create({
      data: { ...whose, id, subscriptionId: id, periodIndex: 0, attempt: 1, amountMinor, currency },
    });
  }

  /** An event, stored as the webhook stores it and applied by the job. */
  async function tell(provider: string, event: { id: string; type: string; at: Date; body: string }) {
    const { id: eventId, type, at: occurredAt, body } = event;
    const receivedAt = clock.now();
    await db.providerEvent.createMany({
      data: [{ provider, eventId, type, body, occurredAt, receivedAt }],
      skipDuplicates: true,
    });
    await jobs.runTask('processProviderEvent', { provider, eventId });
  }

  /** Bodies of the sandbox, one after the other. */
  async function told(bodies: readonly string[]): Promise<void> {
    for (const body of bodies) {
      const { id, type, created } = JSON.parse(body) as { id: string; type: string; created: number };
      await tell('sandbox', { id, type, at: new Date(created * 1_000), body });
    }
  }

  return { waiting, tell, told };
}

/** All orders of some things. */
export function* permutations<Item>(items: readonly Item[]): Generator<Item[]> {
  if (items.length === 0) yield [];
  for (const [at, first] of items.entries())
    for (const rest of permutations(items.toSpliced(at, 1))) yield [first, ...rest];
}

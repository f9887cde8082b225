import { randomUUID } from 'node:crypto';
import { addJob, type Clock } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { forgetCustomer } from '../jobs.js';
import type { PaymentProvider, Providers } from '../providers/index.js';

export type Customers = ReturnType<typeof createCustomers>;

/** What providers call our people, where they keep people at all. */
export function createCustomers({ db, clock, providers }: { db: Db; clock: Clock; providers: Providers }) {
  /** Made once: the person's id is the provider's idempotency key, and whoever is first writes it down. */
  async function of(provider: PaymentProvider, userId: string): Promise<string | null> {
    if (!provider.createCustomer) return null;
    const key = { provider_userId: { provider: provider.name, userId } };
    const known = await db.providerCustomer.findUnique({ where: key });
    if (known) return known.customerId;
    const reference = userIds.encode(userId);
    const { customerId } = await provider.createCustomer({ reference, idempotencyKey: reference });
    await db.providerCustomer.createMany({
      data: [{ provider: provider.name, userId, customerId, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    return (await db.providerCustomer.findUniqueOrThrow({ where: key })).customerId;
  }

  /** Of a person who is gone: the row leads to nobody from now on, and goes when the provider has forgotten them. */
  async function erase(tx: Transaction, userId: string): Promise<void> {
    const known = await tx.providerCustomer.findMany({ where: { userId } });
    for (const { provider } of known) {
      const pseudonym = randomUUID();
      const where = { provider_userId: { provider, userId } };
      await tx.providerCustomer.update({ where, data: { userId: pseudonym } });
      await addJob(tx, forgetCustomer, { provider, userId: pseudonym });
    }
  }

  async function forget(key: { provider: string; userId: string }): Promise<void> {
    const known = await db.providerCustomer.findUnique({ where: { provider_userId: key } });
    if (!known) return;
    await providers.named(known.provider).forgetCustomer?.(known.customerId);
    await db.providerCustomer.deleteMany({ where: key });
  }

  return { of, erase, forget };
}

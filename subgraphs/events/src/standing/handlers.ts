import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Office, Privileges } from '../__generated__/prisma/client.js';
import { cityKeyOf } from '../catalog/index.js';
import type { Transaction } from '../database.js';
import { officeIds, userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');
const payments = messagesFrom<PaymentsMessages, Transaction>('payments');

const instant = z.iso.datetime().transform((at) => new Date(at));
const office = z.object({
  officeId: z.string(),
  userId: z.string(),
  role: z.enum(['AMBASSADOR', 'CONSUL']),
  countryCode: z.string(),
  city: z.string().nullable(),
});
const person = z.object({ userId: z.string() });
const plan = person.extend({ entitlements: z.array(z.string()) });

/** Told in the same transaction. */
interface Hooks {
  /** What a person may organize has changed. */
  readonly onStanding: (tx: Transaction, userId: string) => Promise<void>;
  /** What a person's plan grants has changed. */
  readonly onPlan: (
    tx: Transaction,
    plan: { userId: string; entitlements: readonly string[] },
  ) => Promise<void>;
}

/** Keeps what lets people organize. All about one person arrives in its order. */
export function createStandingHandlers({ onStanding, onPlan }: Hooks): MessageHandler<Transaction>[] {
  async function keepOffice(
    tx: Transaction,
    { officeId, userId, role, countryCode, city }: z.output<typeof office>,
    term: Partial<Pick<Office, 'startsAt' | 'endsAt' | 'endedAt'>>,
  ): Promise<void> {
    const id = officeIds.decode(officeId);
    const place = { holderId: userIds.decode(userId), role, countryCode, cityKey: cityKeyOf(city) };
    await tx.office.upsert({ where: { id }, create: { id, ...place, ...term }, update: term });
  }

  async function keepPrivilege(
    tx: Transaction,
    publicId: string,
    privilege: Partial<Omit<Privileges, 'userId'>>,
  ): Promise<void> {
    const userId = userIds.decode(publicId);
    await tx.privileges.upsert({
      where: { userId },
      create: { userId, ...privilege },
      update: privilege,
    });
  }

  const act = ({ data: { userId } }: { data: z.output<typeof person> }, tx: Transaction): Promise<void> =>
    onStanding(tx, userIds.decode(userId));

  async function keepPlan(
    { data: { userId, entitlements } }: { data: z.output<typeof plan> },
    tx: Transaction,
  ): Promise<void> {
    await keepPrivilege(tx, userId, { hasPremiumEvents: entitlements.includes('PREMIUM_EVENTS') });
    await onStanding(tx, userIds.decode(userId));
    await onPlan(tx, { userId: userIds.decode(userId), entitlements });
  }

  return [
    ...users.project(
      'office.appointed',
      office.extend({ startsAt: instant, endsAt: instant.nullable() }),
      ({ data }, tx) => keepOffice(tx, data, { startsAt: data.startsAt, endsAt: data.endsAt }),
      { act },
    ),
    users.on('office.extended', office.extend({ endsAt: instant.nullable() }), async (message, tx) => {
      await keepOffice(tx, message.data, { endsAt: message.data.endsAt });
      await act(message, tx);
    }),
    ...users.project(
      'office.ended',
      office.extend({ endedAt: instant }),
      ({ data }, tx) => keepOffice(tx, data, { endedAt: data.endedAt }),
      { act },
    ),
    ...users.project(
      'superUser.changed',
      person.extend({ isSuperUser: z.boolean() }),
      ({ data }, tx) => keepPrivilege(tx, data.userId, { isSuperUser: data.isSuperUser }),
      { act },
    ),
    ...users.project(
      'user.eventOwnerChanged',
      person.extend({ isEventOwner: z.boolean() }),
      ({ data }, tx) => keepPrivilege(tx, data.userId, { isEventOwner: data.isEventOwner }),
      { act },
    ),
    payments.on('subscription.activated', plan, keepPlan),
    payments.on('subscription.changed', plan, keepPlan),
    payments.on('subscription.ended', person, ({ data }, tx) =>
      keepPlan({ data: { ...data, entitlements: [] } }, tx),
    ),
  ];
}

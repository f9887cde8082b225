import type { CustomerActivityKind } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { customerActivityIds } from '../ids.js';

export interface ActivityEntry {
  readonly customerId: string;
  readonly kind: CustomerActivityKind;
  readonly actorId: string;
  readonly happenedAt: Date;
  readonly summary?: string | null;
  readonly fields?: readonly string[];
}

/** Adds lines to the history of customers, in the transaction of what happened. Returns their ids. */
export async function recordActivities(
  tx: Pick<Transaction, 'customerActivity'>,
  entries: readonly ActivityEntry[],
): Promise<string[]> {
  const data = entries.map(({ fields = [], ...entry }) => ({
    ...entry,
    id: customerActivityIds.create(),
    fields: [...fields],
  }));
  await tx.customerActivity.createMany({ data });
  return data.map(({ id }) => id);
}

import type { Db, Transaction } from '../database.js';

export type Settings = ReturnType<typeof createSettings>;

export interface Choices {
  readonly sharesReadReceipts: boolean;
}

/** What people chose for messaging; everybody shares read receipts until they say otherwise. */
export function createSettings({ db }: { readonly db: Db }) {
  const of = async (personId: string): Promise<Choices> =>
    (await db.messagingSettings.findUnique({ where: { personId } })) ?? { sharesReadReceipts: true };

  const update = (personId: string, { sharesReadReceipts }: Partial<Choices>): Promise<Choices> =>
    sharesReadReceipts === undefined
      ? of(personId)
      : db.messagingSettings.upsert({
          where: { personId },
          create: { personId, sharesReadReceipts },
          update: { sharesReadReceipts },
        });

  const sharesReadReceipts = async (tx: Transaction, personId: string): Promise<boolean> =>
    (await tx.messagingSettings.count({ where: { personId, sharesReadReceipts: false } })) === 0;

  return { of, update, sharesReadReceipts };
}

import type { Db, Transaction } from '../database.js';

export type Settings = ReturnType<typeof createSettings>;

export interface Choices {
  readonly sharesReadReceipts: boolean;
  readonly showsPresence: boolean;
}

/** Of whoever has chosen nothing. */
const open: Choices = { sharesReadReceipts: true, showsPresence: true };

/** What people chose for messaging; everybody shares everything until they say otherwise. */
export function createSettings({ db }: { readonly db: Db }) {
  const of = async (personId: string): Promise<Choices> =>
    (await db.messagingSettings.findUnique({ where: { personId } })) ?? open;

  const update = (personId: string, chosen: Partial<Choices>): Promise<Choices> =>
    Object.keys(chosen).length === 0
      ? of(personId)
      : db.messagingSettings.upsert({
          where: { personId },
          create: { personId, ...open, ...chosen },
          update: chosen,
        });

  const sharesReadReceipts = async (tx: Transaction, personId: string): Promise<boolean> =>
    (await tx.messagingSettings.count({ where: { personId, sharesReadReceipts: false } })) === 0;

  return { of, update, sharesReadReceipts };
}

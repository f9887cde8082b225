import type { Db, Transaction } from '../database.js';

export type Settings = ReturnType<typeof createSettings>;

export interface Choices {
  readonly sharesReadReceipts: boolean;
  readonly showsPresence: boolean;
}

/** Of whoever has chosen nothing. */
const open: Choices = { sharesReadReceipts: true, showsPresence: true };

interface Dependencies {
  readonly db: Db;
  /** Has whoever looks on at these people asked again whether they may. Never rejects. */
  readonly announcePresence: (personIds: readonly string[]) => Promise<void>;
}

/** What people chose for messaging; everybody shares everything until they say otherwise. */
export function createSettings({ db, announcePresence }: Dependencies) {
  const of = async (personId: string): Promise<Choices> =>
    (await db.messagingSettings.findUnique({ where: { personId } })) ?? open;

  async function update(personId: string, chosen: Partial<Choices>): Promise<Choices> {
    if (Object.keys(chosen).length === 0) return of(personId);
    const settings = await db.messagingSettings.upsert({
      where: { personId },
      create: { personId, ...open, ...chosen },
      update: chosen,
    });
    if (chosen.showsPresence !== undefined) void announcePresence([personId]);
    return settings;
  }

  const sharesReadReceipts = async (tx: Transaction, personId: string): Promise<boolean> =>
    (await tx.messagingSettings.count({ where: { personId, sharesReadReceipts: false } })) === 0;

  return { of, update, sharesReadReceipts };
}

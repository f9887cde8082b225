import type { Clock } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import type { Basket } from './basket.js';
import type { Saga } from './saga.js';

export type SalesErasure = ReturnType<typeof createSalesErasure>;

interface Dependencies {
  readonly clock: Clock;
  readonly basket: Basket;
  readonly saga: Saga;
}

/** What becomes of a person's tickets and purchases when the person is erased. Money that is with organizers stays there. */
export function createSalesErasure({ clock, basket, saga }: Dependencies) {
  const toCome = () => ({ status: 'PUBLISHED' as const, endsAt: { gt: clock.now() } });

  const heldTickets = (tx: Transaction, personId: string) =>
    tx.ticket.findMany({
      where: { holderId: personId, status: 'VALID', event: toCome() },
      orderBy: { id: 'asc' },
    });

  /** The purchases that are to be changed. */
  async function purchasesOf(tx: Transaction, personId: string): Promise<string[]> {
    const pending = await tx.purchase.findMany({ where: { buyerId: personId, status: 'PENDING' } });
    const held = await heldTickets(tx, personId);
    const ids = [...pending.map(({ id }) => id), ...held.map(({ purchaseId }) => purchaseId)];
    return [...new Set(ids)].sort();
  }

  return {
    /** The events that are to be locked, with all others of the erasure. */
    eventsOf: async (tx: Transaction, personId: string): Promise<string[]> => {
      const ids = await purchasesOf(tx, personId);
      const lines = await tx.purchaseLine.findMany({ where: { purchaseId: { in: ids } } });
      return lines.flatMap(({ parts }) => (parts as unknown as { eventId: string }[]).map(({ eventId }) => eventId)); // prettier-ignore
    },

    /** Places that others can have are free, offers and vouchers end, packets are sold no more. The events are locked. */
    erase: async (tx: Transaction, personId: string): Promise<void> => {
      for (const id of await purchasesOf(tx, personId)) {
        const locked = (await basket.lockPurchase(tx, id))!;
        if (locked.purchase.buyerId === personId) await saga.end(tx, locked, 'BUYER');
        const held = (await heldTickets(tx, personId)).filter(({ purchaseId }) => purchaseId === id);
        await saga.endTickets(tx, locked, held.map((ticket) => ({ ticket, amountMinor: 0n })), 'BUYER'); // prettier-ignore
      }
      await tx.ticketTransfer.deleteMany({ where: { OR: [{ fromId: personId }, { toId: personId }] } });
      const now = clock.now();
      await tx.voucher.updateMany({
        where: { organizerId: personId, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
        data: { startsAt: null, endsAt: now },
      });
      await tx.packet.updateMany({
        where: { organizerId: personId },
        data: { isOnSale: false, description: null },
      });
    },
  };
}

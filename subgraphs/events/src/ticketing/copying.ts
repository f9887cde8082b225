import type { Clock } from '@diaspora/kit';
import type { Event, TicketType } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { eventSeatIds, ticketTypeIds } from '../ids.js';
import { instantFromStart, secondsFromStart } from '../time/index.js';
import { heldQuantity } from './held.js';

/** What an event sells, for others like it: JSON, with times by their distance from the start. */
export interface SaleCopy {
  readonly types: readonly TypeCopy[];
  /** The plan; `type` is the place of a type among `types`. */
  readonly seats: readonly { readonly label: string; readonly type: number | null }[];
}

type Kept = Pick<
  TicketType,
  'name' | 'description' | 'currency' | 'quota' | 'perPersonLimit' | 'refundUntilHours' | 'refundPercent'
>;

interface TypeCopy extends Kept {
  readonly priceMinor: string;
  readonly feeMinor: string;
  readonly salesStartAfter: number | null;
  readonly salesEndAfter: number | null;
}

export function createSaleCopies({ clock }: { readonly clock: Clock }) {
  async function read(tx: Transaction, event: Event): Promise<SaleCopy> {
    const types = await typesOf(tx, event);
    const seats = await tx.eventSeat.findMany({
      where: { eventId: event.id },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
    });
    const places = new Map(types.map(({ id }, place) => [id, place]));
    return {
      types: types.map((type) => copyOf(type, event)),
      seats: seats.map(({ label, ticketTypeId }) => ({
        label,
        type: ticketTypeId ? (places.get(ticketTypeId) ?? null) : null,
      })),
    };
  }

  /** Gives an event that sells nothing yet what is in a copy. */
  async function give(tx: Transaction, event: Event, { types, seats }: SaleCopy): Promise<void> {
    const now = clock.now();
    const rows = types.map((copy) => ({
      ...termsFor(event, copy),
      ...{ id: ticketTypeIds.create(), eventId: event.id, createdAt: now, updatedAt: now },
    }));
    await tx.ticketType.createMany({ data: rows });
    await tx.eventSeat.createMany({
      data: seats.map(({ label, type }, position) => ({
        ...{ id: eventSeatIds.create(), eventId: event.id, label, position },
        ticketTypeId: type === null ? null : rows[type]!.id,
      })),
    });
  }

  /** Puts a copy in the place of what an event sells; false, with nothing changed, when somebody has bought or is buying. */
  async function replace(tx: Transaction, event: Event, copy: SaleCopy): Promise<boolean> {
    for (const { id, soldCount } of await typesOf(tx, event))
      if (soldCount + (await heldQuantity(tx, clock.now(), { ticketTypeId: id })) > 0) return false;
    if ((await tx.ticket.count({ where: { eventId: event.id, status: 'VALID' } })) > 0) return false;
    await tx.eventSeat.deleteMany({ where: { eventId: event.id } });
    await tx.ticketType.deleteMany({ where: { eventId: event.id } });
    await give(tx, event, copy);
    return true;
  }

  return { read, give, replace };
}

/** In the order in which they were made. */
const typesOf = (tx: Transaction, { id: eventId }: Event): Promise<TicketType[]> =>
  tx.ticketType.findMany({ where: { eventId }, orderBy: { id: 'asc' } });

function copyOf(type: TicketType, event: Event): TypeCopy {
  const { name, description, currency, quota, perPersonLimit, refundUntilHours, refundPercent } = type;
  const after = (at: Date | null) => at && secondsFromStart(event, at);
  return {
    ...{ name, description, currency, quota, perPersonLimit, refundUntilHours, refundPercent },
    ...{ priceMinor: `${type.priceMinor}`, feeMinor: `${type.feeMinor}` },
    ...{ salesStartAfter: after(type.salesStartAt), salesEndAfter: after(type.salesEndAt) },
  };
}

function termsFor(event: Event, { salesStartAfter, salesEndAfter, priceMinor, feeMinor, ...kept }: TypeCopy) {
  const at = (seconds: number | null) => (seconds === null ? null : instantFromStart(event, seconds));
  return {
    ...kept,
    ...{ priceMinor: BigInt(priceMinor), feeMinor: BigInt(feeMinor) },
    ...{ salesStartAt: at(salesStartAfter), salesEndAt: at(salesEndAfter) },
  };
}

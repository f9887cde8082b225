import { AppError, parseInput, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { PurchaseLine } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Transaction } from '../database.js';
import { eventSeatIds, packetIds, ticketTypeIds } from '../ids.js';
import { packetsFor } from '../packets/index.js';
import { moneyInput, mostTicketsAtOnce, type SaleTerms } from '../ticketing/index.js';

export const mostLines = 10;
const mostOfLine = 20;

const lineInput = z
  .object({
    ticketTypeId: z.string().nullish(),
    packetId: z.string().nullish(),
    quantity: z.number().int().min(1).max(mostOfLine),
    seatIds: z.array(z.string()).max(mostOfLine).nullish(),
  })
  .refine(({ ticketTypeId, packetId }) => (ticketTypeId == null) !== (packetId == null), {
    message: 'Give either a type of ticket or a packet.',
    path: ['ticketTypeId'],
  })
  .refine(({ seatIds, quantity }) => !seatIds?.length || seatIds.length === quantity, {
    message: 'Choose as many seats as tickets, or none.',
    path: ['seatIds'],
  })
  .refine(({ seatIds, packetId }) => !seatIds?.length || packetId == null, {
    message: 'Seats of a packet are chosen by us.',
    path: ['seatIds'],
  });

export const purchaseInput = z
  .object({
    lines: z.array(lineInput).min(1).max(mostLines),
    voucherCode: z.string().max(64).nullish(),
    paymentMethodId: z.string().min(1).max(64).nullish(),
    expectedTotal: moneyInput.nullish(),
  })
  .refine(({ paymentMethodId, expectedTotal }) => paymentMethodId == null || expectedTotal != null, {
    message: 'Say what it costs: a saved way to pay is charged what its owner was shown.',
    path: ['expectedTotal'],
  });

/** Places at one event that a line takes. The seats follow when they are numbered. */
export interface Part {
  readonly eventId: string;
  readonly places: number;
  readonly seatIds: readonly string[];
}

export const partsOf = (line: Pick<PurchaseLine, 'parts'>): Part[] => line.parts as unknown as Part[];

/** A line as it is to be bought: what, on what terms, and where it takes places. */
export interface Item extends SaleTerms {
  readonly ticketTypeId: string | null;
  readonly packetId: string | null;
  readonly description: string;
  readonly quantity: number;
  readonly soldCount: number;
  /** How many there are; null without an end. */
  readonly limit: number | null;
  /** Of a packet: whether its organizer sells it now. */
  readonly isOffered: boolean;
  readonly parts: readonly Part[];
}

type LineInput = z.output<typeof lineInput>;

/** What a buyer may see of what they ask for. Throws NOT_FOUND. */
export async function readItems(
  tx: Transaction,
  viewer: Viewer,
  { lines, now }: { lines: readonly LineInput[]; now: Date },
): Promise<Item[]> {
  const decoded = lines.map((line) => ({
    quantity: line.quantity,
    ticketTypeId: line.ticketTypeId ? ticketTypeIds.decode(line.ticketTypeId) : null,
    packetId: line.packetId ? packetIds.decode(line.packetId) : null,
    seatIds: (line.seatIds ?? []).map((id) => eventSeatIds.decode(id)),
  }));
  const typeIds = decoded.flatMap(({ ticketTypeId }) => ticketTypeId ?? []);
  const wantedPackets = decoded.flatMap(({ packetId }) => packetId ?? []);
  assertOnce([...typeIds, ...wantedPackets]);
  const types = await tx.ticketType.findMany({
    where: { id: { in: typeIds }, event: visibleTo(viewer, now) },
    include: { event: { select: { title: true } } },
  });
  const packets = wantedPackets.length > 0 ? await readPackets(tx, viewer, wantedPackets) : [];
  const items = decoded.map(({ ticketTypeId, packetId, quantity, seatIds }, index) => {
    const type = types.find(({ id }) => id === ticketTypeId);
    if (type) {
      const { event, eventId, quota, ...terms } = type;
      const description = `${event.title}: ${type.name}`;
      const parts = [{ eventId, places: quantity, seatIds }];
      return {
        ...terms,
        ticketTypeId,
        packetId,
        quantity,
        description,
        limit: quota,
        isOffered: true,
        parts,
      };
    }
    const packet = packets.find(({ id }) => id === packetId);
    if (!packet) throw missing(index, ticketTypeId ? 'ticketTypeId' : 'packetId');
    const { inclusions, seats, title, isOnSale, ...terms } = packet;
    const parts = inclusions.map((each) => ({
      eventId: each.eventId,
      places: each.seats * quantity,
      seatIds: [],
    }));
    return {
      ...terms,
      ...{ ticketTypeId, packetId, quantity, description: title, limit: seats, isOffered: isOnSale, parts },
    };
  });
  assertNotTooMany(items);
  return items;
}

/** The same for all who want places at the same events, or the same packet. */
export async function aim(db: Pick<Transaction, 'ticketType'>, { lines }: { lines: readonly LineInput[] }) {
  const ids = lines.flatMap(({ ticketTypeId }) => (ticketTypeId ? ticketTypeIds.decode(ticketTypeId) : []));
  const types = await db.ticketType.findMany({ where: { id: { in: ids } }, select: { eventId: true } });
  const packets = lines.flatMap(({ packetId }) => packetId ?? []);
  return [...new Set([...types.map(({ eventId }) => eventId), ...packets])].sort().join();
}

const readPackets = (tx: Transaction, viewer: Viewer, ids: string[]) =>
  tx.packet.findMany({
    where: { AND: [{ id: { in: ids } }, packetsFor(viewer)] },
    include: { inclusions: { orderBy: { eventId: 'asc' } } },
  });

function assertNotTooMany(items: readonly { readonly parts: readonly Part[] }[]): void {
  const tickets = items.flatMap(({ parts }) => parts).reduce((sum, { places }) => sum + places, 0);
  if (tickets > mostTicketsAtOnce)
    throw new AppError('LIMIT_REACHED', `One purchase gives at most ${mostTicketsAtOnce} tickets.`, {
      path: ['lines'],
    });
}

function assertOnce(ids: readonly string[]): void {
  if (new Set(ids).size < ids.length)
    throw new AppError('INVALID_INPUT', 'Each type and packet has one line.', { path: ['lines'] });
}

const missing = (index: number, field: string) =>
  new AppError('NOT_FOUND', 'There is no such thing to buy.', { path: ['lines', String(index), field] });

export const eventIdsOf = (lines: readonly { readonly parts: readonly Part[] }[]): string[] =>
  [...new Set(lines.flatMap(({ parts }) => parts.map(({ eventId }) => eventId)))].sort();

/** How many places each event gives to all lines together. */
export function placesByEvent(lines: readonly { readonly parts: readonly Part[] }[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const part of lines.flatMap(({ parts }) => parts))
    places.set(part.eventId, (places.get(part.eventId) ?? 0) + part.places);
  return new Map([...places].sort(([one], [other]) => (one < other ? -1 : 1)));
}

export const readPurchase = (input: unknown) => parseInput(purchaseInput, input);

import { AppError, idempotent, parseInput, type Page, type Viewer } from '@diaspora/kit';
import type { Packet } from '../__generated__/prisma/client.js';
import { eventIds, inclusionIds, packetIds } from '../ids.js';
import {
  assertWindow,
  callOf,
  createSale,
  given,
  termColumns,
  type TicketingDependencies,
} from '../ticketing/index.js';
import { createChanging, spoken, type Versioned } from './changing.js';
import { createInclusions } from './inclusions.js';
import {
  assertFits,
  isPacketOnSale,
  maySellPacket,
  newPacket,
  oneOrganizer,
  packetChanges,
  packetSeats,
} from './rules.js';
import { packetsFor } from './visibility.js';

export type Packets = ReturnType<typeof createPackets>;

export function createPackets(dependencies: TicketingDependencies) {
  const { db, clock } = dependencies;
  const lockForSale = createSale(dependencies);
  const changing = createChanging(dependencies);
  const { lock, write, takenOf, assertNobodyHas, record } = changing;

  async function create(
    viewer: Viewer,
    { idempotencyKey, ...input }: { idempotencyKey: string },
  ): Promise<Packet> {
    const { title, description, seats, isOnSale, inclusions, ...terms } = parseInput(newPacket, input);
    if (!maySellPacket(viewer, { organizerId: viewer.id }))
      throw new AppError('FORBIDDEN', 'Packets are for event owners.');
    const included = inclusions.map((each) => ({ ...each, eventId: eventIds.decode(each.eventId) }));
    assertFits(included, 'inclusions');
    assertWindow({ salesStartAt: terms.salesStartAt ?? null, salesEndAt: terms.salesEndAt ?? null });
    const call = callOf(viewer, 'createPacket', { idempotencyKey, input });
    const { packetId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const events = await lockForSale(tx, viewer, included.map(({ eventId }) => eventId)); // prettier-ignore
        const organizerId = oneOrganizer(events.map((event) => event.organizerId));
        const now = clock.now();
        const packet = await tx.packet.create({
          data: {
            id: packetIds.create(),
            organizerId,
            title,
            description: description ?? null,
            seats,
            isOnSale: isOnSale ?? false,
            feeMinor: 0n,
            refundPercent: 0,
            ...termColumns(terms),
            priceMinor: terms.price.amountMinor,
            currency: terms.price.currency,
            createdAt: now,
            updatedAt: now,
            inclusions: { create: included.map((each) => ({ id: inclusionIds.create(), ...each })) },
          },
        });
        await record(tx, 'packet.created', packet, spoken(packet));
        return { packetId: packet.id };
      }),
    );
    return db.packet.findUniqueOrThrow({ where: { id: packetId } });
  }

  const update = (viewer: Viewer, { packetId, expectedVersion, ...input }: Versioned): Promise<Packet> => {
    const { title, description, isOnSale, ...terms } = parseInput(packetChanges, input);
    return db.$transaction(async (tx) => {
      const packet = await lock(tx, viewer, { packetId, expectedVersion });
      const changes = { ...termColumns(terms), ...given({ title, description, isOnSale }) };
      const next = { ...packet, ...changes };
      assertWindow(next);
      if (next.currency !== packet.currency && (await takenOf(tx, packet)) > 0)
        throw new AppError('INVALID_INPUT', 'Packets were sold in another currency.', { path: ['price'] });
      return write(tx, packet, changes);
    });
  };

  const changeSeats = (viewer: Viewer, input: Versioned & { seats: number }): Promise<Packet> => {
    const seats = parseInput(packetSeats, input.seats);
    return db.$transaction(async (tx) => {
      const packet = await lock(tx, viewer, input);
      const taken = await takenOf(tx, packet);
      if (seats < taken)
        throw new AppError('INVALID_INPUT', `${taken} packets are sold or kept already.`, {
          path: ['seats'],
        });
      return write(tx, packet, { seats });
    });
  };

  const remove = (viewer: Viewer, packetId: string): Promise<void> =>
    db.$transaction(async (tx) => {
      const packet = await lock(tx, viewer, { packetId });
      await assertNobodyHas(tx, packet);
      await tx.packet.delete({ where: { id: packet.id } });
      await record(tx, 'packet.deleted', packet, undefined, spoken(packet));
    });

  const listForOrganizer = (organizerId: string, viewer: Viewer | null, page: Page): Promise<Packet[]> =>
    db.packet.findMany({
      where: { AND: [{ organizerId }, packetsFor(viewer), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return {
    create,
    update,
    changeSeats,
    remove,
    ...createInclusions({ db, lockForSale, changing }),
    listForOrganizer,
    isOnSale: (packet: Packet) => isPacketOnSale(packet, clock.now()),
  };
}

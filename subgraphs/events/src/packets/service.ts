import { AppError, idempotent, parseInput, type Page, type Viewer } from '@diaspora/kit';
import type { Packet } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { eventIds, inclusionIds, packetIds } from '../ids.js';
import {
  assertWindow,
  createSale,
  given,
  heldQuantity,
  callOf,
  termColumns,
  type TicketingDependencies,
} from '../ticketing/index.js';
import {
  assertFits,
  inclusionInput,
  isPacketOnSale,
  maySellPacket,
  mostInclusions,
  newPacket,
  packetChanges,
  packetSeats,
} from './rules.js';
import { packetsFor } from './visibility.js';

export type Packets = ReturnType<typeof createPackets>;

interface Versioned {
  readonly packetId: string;
  readonly expectedVersion: number;
}

export function createPackets(dependencies: TicketingDependencies) {
  const { db, clock, audit, places } = dependencies;
  const lockForSale = createSale(dependencies);

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

  /** Locks events, then the packet: those it has, and those it is to have. */
  async function lock(
    tx: Transaction,
    viewer: Viewer,
    { packetId, expectedVersion }: { packetId: string; expectedVersion?: number },
    added: readonly string[] = [],
  ): Promise<Packet> {
    const id = packetIds.decode(packetId);
    const known = await tx.packet.findFirst({
      where: { AND: [{ id }, packetsFor(viewer)] },
      include: { inclusions: true },
    });
    if (!known) throw new AppError('NOT_FOUND', 'There is no such packet.', { path: ['packetId'] });
    if (!maySellPacket(viewer, known))
      throw new AppError('FORBIDDEN', 'A packet is for its organizer, who is an event owner, to decide on.');
    await places.lockEvents(tx, known.inclusions.map(({ eventId }) => eventId).concat(added)); // prettier-ignore
    await places.lockRows(tx, 'packets', [id]);
    const packet = await tx.packet.findUnique({ where: { id } });
    if (!packet) throw new AppError('NOT_FOUND', 'There is no such packet.', { path: ['packetId'] });
    if (expectedVersion !== undefined && packet.version !== expectedVersion)
      throw new AppError('CONFLICT', 'The packet has changed meanwhile.', {
        path: ['expectedVersion'],
        payload: { packet },
      });
    return packet;
  }

  async function write(tx: Transaction, packet: Packet, data: Partial<Packet>): Promise<Packet> {
    const changed = await tx.packet.update({
      where: { id: packet.id },
      data: { ...data, version: packet.version + 1, updatedAt: clock.now() },
    });
    await record(tx, 'packet.changed', changed, spoken(changed), spoken(packet));
    return changed;
  }

  const takenOf = async (tx: Transaction, { id, soldCount }: Packet): Promise<number> =>
    soldCount + (await heldQuantity(tx, clock.now(), { packetId: id }));

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

  /** Who has bought a packet keeps what was in it. */
  async function assertNobodyHas(tx: Transaction, packet: Packet): Promise<void> {
    const taken = await takenOf(tx, packet);
    if (taken > 0)
      throw new AppError('HAS_HOLDERS', `${taken} packets are sold or being bought.`, { path: ['packetId'] });
  }

  const remove = (viewer: Viewer, packetId: string): Promise<void> =>
    db.$transaction(async (tx) => {
      const packet = await lock(tx, viewer, { packetId });
      await assertNobodyHas(tx, packet);
      await tx.packet.delete({ where: { id: packet.id } });
      await record(tx, 'packet.deleted', packet, undefined, spoken(packet));
    });

  /** Puts an event into a packet, or changes how many of its seats one packet gives. */
  const include = (
    viewer: Viewer,
    { eventId, seats, ...input }: Versioned & { eventId: string; seats: number },
  ): Promise<Packet> => {
    const parsed = parseInput(inclusionInput, { eventId, seats });
    const key = eventIds.decode(eventId);
    return db.$transaction(async (tx) => {
      const packet = await lock(tx, viewer, input, [key]);
      const [event] = await lockForSale(tx, viewer, [key]);
      oneOrganizer([packet.organizerId, event!.organizerId]);
      await assertNobodyHas(tx, packet);
      const where = { packetId_eventId: { packetId: packet.id, eventId: key } };
      const data = { packetId: packet.id, eventId: key, seats: parsed.seats };
      const others = await tx.inclusion.findMany({ where: { packetId: packet.id, eventId: { not: key } } });
      if (others.length >= mostInclusions)
        throw new AppError('CONFLICT', `A packet has at most ${mostInclusions} events.`, {
          path: ['eventId'],
        });
      assertFits([...others, data], 'seats');
      await tx.inclusion.upsert({ where, create: { id: inclusionIds.create(), ...data }, update: data });
      return write(tx, packet, {});
    });
  };

  const exclude = (
    viewer: Viewer,
    { eventId, ...input }: Versioned & { eventId: string },
  ): Promise<Packet> => {
    const key = eventIds.decode(eventId);
    return db.$transaction(async (tx) => {
      const packet = await lock(tx, viewer, input);
      await assertNobodyHas(tx, packet);
      const { count } = await tx.inclusion.deleteMany({ where: { packetId: packet.id, eventId: key } });
      if (count === 0)
        throw new AppError('NOT_FOUND', 'The packet does not have this event.', { path: ['eventId'] });
      if ((await tx.inclusion.count({ where: { packetId: packet.id } })) === 0)
        throw new AppError('CONFLICT', 'A packet has at least one event: delete the packet.', {
          path: ['eventId'],
        });
      return write(tx, packet, {});
    });
  };

  async function record(
    tx: Transaction,
    action: `packet.${string}`,
    { id, organizerId }: Packet,
    after?: Record<string, unknown>,
    before?: Record<string, unknown>,
  ): Promise<void> {
    const subject = { type: 'Packet', id: packetIds.encode(id) };
    await audit.record(tx, {
      action,
      subject,
      personId: organizerId,
      ...(before && { before }),
      ...(after && { after }),
    });
  }

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
    include,
    exclude,
    listForOrganizer,
    isOnSale: (packet: Packet) => isPacketOnSale(packet, clock.now()),
  };
}

/** Whose packet it is. Throws INVALID_INPUT when the events are not all of one organizer. */
function oneOrganizer(organizerIds: readonly string[]): string {
  if (new Set(organizerIds).size !== 1)
    throw new AppError('INVALID_INPUT', 'A packet has events of one organizer.', { path: ['inclusions'] });
  return organizerIds[0]!;
}

const spoken = ({ title, seats, priceMinor, feeMinor, currency, isOnSale }: Packet) => ({
  title,
  seats,
  isOnSale,
  currency,
  priceMinor: `${priceMinor}`,
  feeMinor: `${feeMinor}`,
});

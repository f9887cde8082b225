import { AppError, type Viewer } from '@diaspora/kit';
import type { Packet } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { packetIds } from '../ids.js';
import { heldQuantity, type TicketingDependencies } from '../ticketing/index.js';
import { maySellPacket } from './rules.js';
import { packetsFor } from './visibility.js';

export type Changing = ReturnType<typeof createChanging>;

/** A packet as whoever changes it has seen it. */
export interface Versioned {
  readonly packetId: string;
  readonly expectedVersion: number;
}

/** A packet under its locks, and what becomes of it on the record. */
export function createChanging({
  clock,
  audit,
  places,
}: Pick<TicketingDependencies, 'clock' | 'audit' | 'places'>) {
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

  /** Who has bought a packet keeps what was in it. */
  async function assertNobodyHas(tx: Transaction, packet: Packet): Promise<void> {
    const taken = await takenOf(tx, packet);
    if (taken > 0)
      throw new AppError('HAS_HOLDERS', `${taken} packets are sold or being bought.`, { path: ['packetId'] });
  }

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

  return { lock, write, takenOf, assertNobodyHas, record };
}

/** What the trail says of a packet. */
export const spoken = ({ title, seats, priceMinor, feeMinor, currency, isOnSale }: Packet) => ({
  title,
  seats,
  isOnSale,
  currency,
  priceMinor: `${priceMinor}`,
  feeMinor: `${feeMinor}`,
});

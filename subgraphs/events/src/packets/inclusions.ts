import { AppError, parseInput, type Viewer } from '@diaspora/kit';
import type { Packet } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { eventIds, inclusionIds } from '../ids.js';
import type { createSale } from '../ticketing/index.js';
import type { Changing, Versioned } from './changing.js';
import { assertFits, inclusionInput, mostInclusions, oneOrganizer } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly lockForSale: ReturnType<typeof createSale>;
  readonly changing: Pick<Changing, 'lock' | 'write' | 'assertNobodyHas'>;
}

/** Which events a packet has, as long as nobody has bought it. */
export function createInclusions({ db, lockForSale, changing }: Dependencies) {
  const { lock, write, assertNobodyHas } = changing;

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

  return { include, exclude };
}

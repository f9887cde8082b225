import { AppError, line, text, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { Inclusion, Packet } from '../__generated__/prisma/client.js';
import { changedTerms, isInWindow, isSuperUser, mostTicketsAtOnce, newTerms } from '../ticketing/index.js';

export const mostInclusions = 20;

const seatsOfInclusion = z.number().int().min(1).max(100);

export const inclusionInput = z.object({ eventId: z.string(), seats: seatsOfInclusion });

export const newPacket = z.object({
  ...newTerms,
  title: line({ max: 160 }),
  description: text({ max: 5_000 }).nullish(),
  seats: z.number().int().min(1).max(1_000_000),
  isOnSale: z.boolean().nullish(),
  inclusions: z.array(inclusionInput).min(1).max(mostInclusions),
});

export const packetChanges = z.object({
  ...changedTerms,
  title: line({ max: 160 }).optional(),
  description: text({ max: 5_000 }).nullish(),
  isOnSale: z.boolean().optional(),
});

export const packetSeats = z.number().int().min(1).max(1_000_000);

/** Who decides over a packet: its organizer as long as they are an event owner, and super users. */
export const maySellPacket = (viewer: Viewer, packet: Pick<Packet, 'organizerId'>): boolean =>
  isSuperUser(viewer) || (viewer.id === packet.organizerId && viewer.roles.includes('EVENT_OWNER'));

/** Whether it can be bought now, as far as it itself is concerned. */
export const isPacketOnSale = (packet: Packet, now: Date): boolean =>
  packet.isOnSale && isInWindow(packet, now);

/** Throws INVALID_INPUT when an event is in it twice, or one packet gives more places than a purchase may. */
export function assertFits(inclusions: readonly Pick<Inclusion, 'eventId' | 'seats'>[], path: string): void {
  if (new Set(inclusions.map(({ eventId }) => eventId)).size < inclusions.length)
    throw new AppError('INVALID_INPUT', 'A packet has an event once.', { path: [path] });
  if (inclusions.reduce((sum, { seats }) => sum + seats, 0) > mostTicketsAtOnce)
    throw new AppError(
      'INVALID_INPUT',
      `A packet gives at most ${mostTicketsAtOnce} seats of all its events.`,
      {
        path: [path],
      },
    );
}

/** Whose packet it is. Throws INVALID_INPUT when the events are not all of one organizer. */
export function oneOrganizer(organizerIds: readonly string[]): string {
  if (new Set(organizerIds).size !== 1)
    throw new AppError('INVALID_INPUT', 'A packet has events of one organizer.', { path: ['inclusions'] });
  return organizerIds[0]!;
}

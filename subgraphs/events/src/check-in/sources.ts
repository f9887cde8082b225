import type { IdType } from '@diaspora/kit';
import type { AdmissionKind } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { registrationIds } from '../ids.js';

/** What the keeper of registrations, or of tickets, knows of one of them. */
export interface Admission {
  readonly eventId: string;
  /** Who came by it: of what was handed over since, the one before. */
  readonly holderId: string;
  /** Whether it lets its holder in. */
  readonly isValid: boolean;
  /** Codes of a lower version are void. */
  readonly codeVersion: number;
  /** Since when it is as it is: a scan from before is none that should have been refused. */
  readonly since: Date;
}

export interface Held {
  readonly id: string;
  readonly eventId: string;
  readonly holderId: string;
}

/** What was shown at the door: of a code its version, of what was found by name null; and when. */
export interface Shown {
  readonly codeVersion: number | null;
  readonly at: Date;
}

/** One kind of thing that lets people in. */
export interface AdmissionSource {
  readonly kind: AdmissionKind;
  readonly ids: IdType;
  find(this: void, tx: Transaction, id: string, shown: Shown): Promise<Admission | null>;
  /** What lets these people in at these events, for stewards who find them by name. */
  heldBy(
    this: void,
    tx: Transaction,
    eventIds: readonly string[],
    userIds: readonly string[],
  ): Promise<Held[]>;
}

/** Registrations let in whoever holds a place by them; those that come with a ticket leave it to that. */
export const registrationSource: AdmissionSource = {
  kind: 'REGISTRATION',
  ids: registrationIds,
  find: async (tx, id) => {
    const found = await tx.registration.findUnique({ where: { id } });
    if (!found) return null;
    const {
      eventId,
      userId: holderId,
      status,
      places,
      codeVersion,
      confirmedAt,
      cancelledAt,
      decidedAt,
    } = found;
    const isValid = status === 'CONFIRMED' && places > 0;
    const changes = [confirmedAt, cancelledAt, status === 'DECLINED' ? decidedAt : null];
    const since = new Date(Math.max(...changes.map((at) => at?.getTime() ?? 0)));
    return { eventId, holderId, isValid, codeVersion, since };
  },
  heldBy: async (tx, eventIds, userIds) => {
    const where = { eventId: { in: [...eventIds] }, userId: { in: [...userIds] } };
    const found = await tx.registration.findMany({
      where: { ...where, status: 'CONFIRMED', places: { gt: 0 } },
    });
    return found.map(({ id, eventId, userId }) => ({ id, eventId, holderId: userId }));
  },
};

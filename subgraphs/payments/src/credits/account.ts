import type { Clock, MessageOf, Outbox } from '@diaspora/kit';
import type { CreditEntryKind, CreditReservation } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { creditEntryIds, creditReservationIds, userIds } from '../ids.js';
import type { PaymentsMessages } from '../messages.js';
import { giveBack } from './rules.js';

export type CreditAccounts = ReturnType<typeof createCreditAccounts>;

export interface Balance {
  readonly available: number;
  readonly reserved: number;
  readonly nextExpiryAt: Date | null;
  readonly nextExpiryAmount: number;
}

/**
 * Credits at a moment, whether or not anything was written since something ended: what a reservation past its end holds
 * counts as free, and grants past theirs count for nothing.
 */
export async function balanceAt(tx: Transaction | Db, userId: string, now: Date): Promise<Balance> {
  const [row] = await tx.$queryRaw<Balance[]>`
    WITH overdue AS (
      SELECT a.grant_id, sum(a.amount) AS amount
      FROM credit_reservations r JOIN credit_allocations a ON a.reservation_id = r.id
      WHERE r.user_id = ${userId}::uuid AND r.status = 'RESERVED' AND r.expires_at <= ${now}
      GROUP BY a.grant_id
    ), free AS (
      SELECT g.expires_at, g.remaining + coalesce(overdue.amount, 0) AS amount
      FROM credit_grants g LEFT JOIN overdue ON overdue.grant_id = g.id
      WHERE g.user_id = ${userId}::uuid AND (g.expires_at IS NULL OR g.expires_at > ${now})
    ), next AS (SELECT min(expires_at) AS at FROM free WHERE amount > 0)
    SELECT coalesce(sum(amount), 0)::int AS available,
      (SELECT coalesce(sum(amount), 0)::int FROM credit_reservations
       WHERE user_id = ${userId}::uuid AND status = 'RESERVED' AND expires_at > ${now}) AS reserved,
      (SELECT at FROM next) AS "nextExpiryAt",
      (coalesce(sum(amount) FILTER (WHERE expires_at = (SELECT at FROM next)), 0))::int AS "nextExpiryAmount"
    FROM free`;
  return row!;
}

type CreditsMessage = Extract<keyof PaymentsMessages['types'], `credits.${string}`>;
type About<Type extends CreditsMessage> = Omit<MessageOf<PaymentsMessages, Type>, 'userId' | 'available'>;

/** What all changes of credits have in common: one lock a person, lines of history, and messages with the balance. */
export function createCreditAccounts({ clock, outbox }: { clock: Clock; outbox: Outbox<PaymentsMessages> }) {
  /**
   * From here to the end of the transaction nobody else changes the person's credits, and what time did to them is
   * written down.
   */
  async function open(tx: Transaction, userId: string): Promise<void> {
    await tx.$executeRaw`
      INSERT INTO credit_accounts (user_id) VALUES (${userId}::uuid) ON CONFLICT DO NOTHING`;
    await tx.$executeRaw`SELECT 1 FROM credit_accounts WHERE user_id = ${userId}::uuid FOR NO KEY UPDATE`;
    await writeEnds(tx, userId);
  }

  /** Of reservations and grants whose time is over; `balanceAt` knew of them already. */
  async function writeEnds(tx: Transaction, userId: string): Promise<void> {
    const until = { lte: clock.now() };
    const overdue = await tx.creditReservation.findMany({
      where: { userId, status: 'RESERVED', expiresAt: until },
      orderBy: { expiresAt: 'asc' },
    });
    for (const reservation of overdue) await release(tx, reservation, reservation.expiresAt);
    const ended = await tx.creditGrant.findMany({
      where: { userId, remaining: { gt: 0 }, expiresAt: until },
      orderBy: { expiresAt: 'asc' },
    });
    for (const { id, remaining, expiresAt } of ended) {
      await tx.creditGrant.update({ where: { id }, data: { remaining: 0 } });
      await addLine(tx, { userId, kind: 'EXPIRED', amount: -remaining, grantId: id, at: expiresAt! });
      await tell(tx, 'credits.expired', userId, { amount: remaining });
    }
  }

  async function release(tx: Transaction, reservation: CreditReservation, closedAt: Date): Promise<void> {
    const { id, userId, amount } = reservation;
    await returnHeld(tx, id, amount);
    await tx.creditReservation.update({ where: { id }, data: { status: 'RELEASED', closedAt } });
    await addLine(tx, { userId, kind: 'RELEASED', amount, reservationId: id, at: closedAt });
    await tell(tx, 'credits.released', userId, { reservationId: creditReservationIds.encode(id), amount });
  }

  const available = async (tx: Transaction, userId: string): Promise<number> =>
    (await balanceAt(tx, userId, clock.now())).available;

  async function tell<Type extends CreditsMessage>(
    tx: Transaction,
    type: Type,
    personId: string,
    about: About<Type>,
  ): Promise<void> {
    const userId = userIds.encode(personId);
    const data = { ...about, userId, available: await available(tx, personId) };
    await outbox.publish(tx, { type, key: userId, data: data as MessageOf<PaymentsMessages, Type> });
  }

  return { open, release, available, tell };
}

interface Line {
  readonly userId: string;
  readonly kind: CreditEntryKind;
  readonly amount: number;
  readonly grantId?: string;
  readonly reservationId?: string;
  readonly at: Date;
}

export const addLine = (tx: Transaction, line: Line) =>
  tx.creditEntry.create({ data: { id: creditEntryIds.create(), ...line } });

/** Gives part of what a reservation holds back to its grants. */
export async function returnHeld(tx: Transaction, reservationId: string, amount: number): Promise<void> {
  const held = await tx.creditAllocation.findMany({ where: { reservationId }, orderBy: { position: 'asc' } });
  for (const { grantId, amount: part } of giveBack(held, amount)) {
    await tx.creditGrant.update({ where: { id: grantId }, data: { remaining: { increment: part } } });
    const key = { reservationId_grantId: { reservationId, grantId } };
    await tx.creditAllocation.update({ where: key, data: { amount: { decrement: part } } });
  }
}

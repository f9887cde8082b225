import { AppError, idempotent, parseInput, type Audit, type AuditAction, type Clock } from '@diaspora/kit';
import type { CreditReservation } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { creditReservationIds } from '../ids.js';
import { addLine, balanceAt, returnHeld, type CreditAccounts } from './account.js';
import { priceOf, quoteInput, reserveInput, take, type CreditOperation } from './rules.js';

export type Credits = ReturnType<typeof createCredits>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly accounts: CreditAccounts;
}

interface Work {
  readonly userId: string;
  readonly operation: CreditOperation;
  readonly units: number;
}

export interface ReserveInput extends Work {
  readonly idempotencyKey: string;
  readonly quotedAmount: number;
  readonly holdSeconds?: number;
}

/** Spending credits: what work costs, holding that much while it is done, taking what it did cost. */
export function createCredits({ db, clock, audit, accounts }: Dependencies) {
  async function quote(input: Work) {
    const { operation, units } = parseInput(quoteInput, input);
    const amount = priceOf(operation, units);
    const { available } = await balanceAt(db, input.userId, clock.now());
    return { operation, units, amount, available, isCovered: available >= amount };
  }

  async function reserve(spenderId: string, input: ReserveInput): Promise<CreditReservation> {
    const { idempotencyKey: key, ...work } = parseInput(reserveInput, input);
    const request = { userId: input.userId, ...work };
    const call = { actor: spenderId, operation: 'reserveCredits', key, request };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ id: await hold(tx, spenderId, request) })),
    );
    return db.creditReservation.findUniqueOrThrow({ where: { id } });
  }

  async function hold(
    tx: Transaction,
    spenderId: string,
    { userId, operation, units, quotedAmount, holdSeconds }: Required<Omit<ReserveInput, 'idempotencyKey'>>,
  ): Promise<string> {
    const amount = priceOf(operation, units);
    if (quotedAmount !== amount)
      throw new AppError('QUOTE_OUTDATED', `This costs ${amount} credits now.`, { path: ['quotedAmount'] });
    await accounts.open(tx, userId);
    const grants = await tx.creditGrant.findMany({
      where: { userId, remaining: { gt: 0 } },
      orderBy: [{ priority: 'asc' }, { expiresAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
    });
    const held = take(grants, amount);
    if (!held) throw insufficient(await accounts.available(tx, userId), amount);
    const id = creditReservationIds.create();
    const createdAt = clock.now();
    const expiresAt = new Date(createdAt.getTime() + holdSeconds * 1_000);
    const work = { userId, spenderId, operation, units, amount };
    await tx.creditReservation.create({ data: { id, ...work, createdAt, expiresAt } });
    for (const [position, part] of held.entries()) {
      await tx.creditGrant.update({
        where: { id: part.grantId },
        data: { remaining: { decrement: part.amount } },
      });
      await tx.creditAllocation.create({ data: { reservationId: id, position, ...part } });
    }
    await addLine(tx, { userId, kind: 'RESERVED', amount: -amount, reservationId: id, at: createdAt });
    const reservationId = creditReservationIds.encode(id);
    await accounts.tell(tx, 'credits.reserved', userId, { reservationId, operation, amount });
    await record(tx, 'credits.reserved', { id, userId }, { operation, units, amount });
    return id;
  }

  /** Takes what the work cost and gives back the rest. */
  const settle = (
    spenderId: string,
    id: string,
    { amount }: { amount: number },
  ): Promise<CreditReservation> =>
    withReservation(spenderId, id, async (tx, reservation) => {
      const { userId, status, settled } = reservation;
      if (!Number.isInteger(amount) || amount < 0 || amount > reservation.amount)
        throw new AppError('INVALID_INPUT', `The work cost 0 to ${reservation.amount} credits.`, {
          path: ['amount'],
        });
      if (status === 'SETTLED' && settled === amount) return;
      if (status !== 'RESERVED') throw closed();
      const [rest, at] = [reservation.amount - amount, clock.now()];
      if (rest > 0) await returnHeld(tx, id, rest);
      await tx.creditReservation.update({
        where: { id },
        data: { status: 'SETTLED', settled: amount, closedAt: at },
      });
      await addLine(tx, { userId, kind: 'SETTLED', amount: rest, reservationId: id, at });
      const reservationId = creditReservationIds.encode(id);
      await accounts.tell(tx, 'credits.settled', userId, { reservationId, amount });
      await record(tx, 'credits.settled', reservation, { amount });
      // What came back may belong to a month that is over.
      if (rest > 0) await accounts.open(tx, userId);
    });

  const release = (spenderId: string, id: string): Promise<CreditReservation> =>
    withReservation(spenderId, id, async (tx, reservation) => {
      if (reservation.status === 'RELEASED') return;
      if (reservation.status !== 'RESERVED') throw closed();
      await accounts.release(tx, reservation, clock.now());
      await record(tx, 'credits.released', reservation, { amount: reservation.amount });
      await accounts.open(tx, reservation.userId);
    });

  /** Under the lock on the account, and as time left it. Others' reservations look like none. */
  async function withReservation(
    spenderId: string,
    id: string,
    change: (tx: Transaction, reservation: CreditReservation) => Promise<void>,
  ): Promise<CreditReservation> {
    return db.$transaction(async (tx) => {
      const known = await tx.creditReservation.findFirst({ where: { id, spenderId } });
      if (!known)
        throw new AppError('NOT_FOUND', 'There is no such reservation.', { path: ['reservationId'] });
      await accounts.open(tx, known.userId);
      await change(tx, await tx.creditReservation.findUniqueOrThrow({ where: { id } }));
      return tx.creditReservation.findUniqueOrThrow({ where: { id } });
    });
  }

  const record = (
    tx: Transaction,
    action: AuditAction,
    { id, userId }: Pick<CreditReservation, 'id' | 'userId'>,
    after: Record<string, unknown>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'CreditReservation', id: creditReservationIds.encode(id) },
      personId: userId,
      after,
    });

  return { quote, reserve, settle, release };
}

const insufficient = (available: number, required: number) =>
  new AppError('INSUFFICIENT_CREDITS', `This costs ${required} credits; there are ${available}.`, {
    typename: 'InsufficientCreditsError',
    available,
    required,
  });

const closed = () => new AppError('RESERVATION_CLOSED', 'The reservation was closed otherwise.');

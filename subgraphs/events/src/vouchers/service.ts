import { AppError, idempotent, parseInput, type Page, type Viewer } from '@diaspora/kit';
import type { Voucher } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { eventIds, packetIds, voucherIds } from '../ids.js';
import { given, isSeller, isSuperUser, callOf, type TicketingDependencies } from '../ticketing/index.js';
import { assertUsable, newVoucher, noVoucher, voucherChanges, voucherCode } from './rules.js';

export type Vouchers = ReturnType<typeof createVouchers>;

interface Use {
  readonly buyerId: string;
  readonly currency: string;
  /** A purchase that does not count. */
  readonly except: string | null;
  /** The price is agreed already: only how often it is used counts, no more when it is good. */
  readonly isAgreed?: boolean;
}

export function createVouchers({ db, clock, audit, places }: TicketingDependencies) {
  async function create(
    viewer: Viewer,
    { idempotencyKey, ...input }: { idempotencyKey: string },
  ): Promise<Voucher> {
    const { amount, eventId, packetId, ...rest } = parseInput(newVoucher, input);
    if (!isSeller(viewer)) throw new AppError('FORBIDDEN', 'Vouchers are for those who sell tickets.');
    assertPeriod(rest.startsAt, rest.endsAt);
    const call = callOf(viewer, 'createVoucher', { idempotencyKey, input });
    const { voucherId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const scope = {
          eventId: eventId ? eventIds.decode(eventId) : null,
          packetId: packetId ? packetIds.decode(packetId) : null,
        };
        const organizerId = await sellerOf(tx, viewer, scope);
        const now = clock.now();
        // Of two at once with one code the constraint lets one in.
        const [voucher] = await tx.voucher.createManyAndReturn({
          data: {
            ...rest,
            ...scope,
            id: voucherIds.create(),
            organizerId,
            amountMinor: amount?.amountMinor ?? null,
            currency: amount?.currency ?? null,
            createdAt: now,
            updatedAt: now,
          },
          skipDuplicates: true,
        });
        if (!voucher)
          throw new AppError('CONFLICT', 'There is a voucher with this code.', { path: ['code'] });
        await record(tx, 'voucher.created', voucher);
        return { voucherId: voucher.id };
      }),
    );
    return db.voucher.findUniqueOrThrow({ where: { id: voucherId } });
  }

  /** Whose money it is about: the organizer of what it is good for, or the viewer. */
  async function sellerOf(
    tx: Transaction,
    viewer: Viewer,
    { eventId, packetId }: { eventId: string | null; packetId: string | null },
  ): Promise<string> {
    if (!eventId && !packetId) return viewer.id;
    const sold = eventId
      ? await tx.event.findUnique({ where: { id: eventId }, select: { organizerId: true } })
      : await tx.packet.findUnique({ where: { id: packetId! }, select: { organizerId: true } });
    if (sold && (sold.organizerId === viewer.id || isSuperUser(viewer))) return sold.organizerId;
    throw new AppError('NOT_FOUND', 'You sell nothing like this.', {
      path: [eventId ? 'eventId' : 'packetId'],
    });
  }

  async function lock(tx: Transaction, viewer: Viewer, voucherId: string): Promise<Voucher> {
    const id = voucherIds.decode(voucherId);
    await places.lockRows(tx, 'vouchers', [id]);
    const voucher = await tx.voucher.findUnique({ where: { id } });
    if (!voucher || (voucher.organizerId !== viewer.id && !isSuperUser(viewer)))
      throw new AppError('NOT_FOUND', 'There is no such voucher.', { path: ['voucherId'] });
    return voucher;
  }

  const update = (
    viewer: Viewer,
    { voucherId, expectedVersion, ...input }: { voucherId: string; expectedVersion: number },
  ): Promise<Voucher> => {
    const changes = given(parseInput(voucherChanges, input));
    return db.$transaction(async (tx) => {
      const voucher = await lock(tx, viewer, voucherId);
      if (voucher.version !== expectedVersion)
        throw new AppError('CONFLICT', 'The voucher has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { voucher },
        });
      const next = { ...voucher, ...changes };
      assertPeriod(next.startsAt, next.endsAt);
      const changed = await tx.voucher.update({
        where: { id: voucher.id },
        data: { ...changes, version: voucher.version + 1, updatedAt: clock.now() },
      });
      await record(tx, 'voucher.changed', changed);
      return changed;
    });
  };

  const remove = (viewer: Viewer, voucherId: string): Promise<void> =>
    db.$transaction(async (tx) => {
      const voucher = await lock(tx, viewer, voucherId);
      if (await tx.purchase.count({ where: { voucherId: voucher.id } }))
        throw new AppError('HAS_HOLDERS', 'It was used: let it end instead.', { path: ['voucherId'] });
      await tx.voucher.delete({ where: { id: voucher.id } });
      await record(tx, 'voucher.deleted', voucher);
    });

  async function record(tx: Transaction, action: `voucher.${string}`, voucher: Voucher): Promise<void> {
    const { id, organizerId, percent, amountMinor, currency, maxUses, perPersonLimit } = voucher;
    await audit.record(tx, {
      action,
      subject: { type: 'Voucher', id: voucherIds.encode(id) },
      personId: organizerId,
      after: {
        percent,
        amountMinor: amountMinor === null ? null : `${amountMinor}`,
        currency,
        maxUses,
        perPersonLimit,
      },
    });
  }

  /** Locks the voucher of a code and throws unless the buyer may use it now. Events, types and packets are locked. */
  async function lockByCode(
    tx: Transaction,
    code: string,
    purchase: { organizerId: string; buyerId: string; currency: string },
  ): Promise<Voucher> {
    const parsed = voucherCode.safeParse(code);
    const where = { organizerId_code: { organizerId: purchase.organizerId, code: parsed.data ?? '' } };
    const known = await tx.voucher.findUnique({ where, select: { id: true } });
    if (!known) throw noVoucher();
    return lockForUse(tx, known.id, { ...purchase, except: null });
  }

  /** Uses are purchases that are paid, or wait for their payment: nobody counts them. */
  async function lockForUse(
    tx: Transaction,
    id: string,
    { buyerId, currency, except, isAgreed = false }: Use,
  ): Promise<Voucher> {
    await places.lockRows(tx, 'vouchers', [id]);
    const voucher = await tx.voucher.findUnique({ where: { id } });
    if (!voucher) throw noVoucher();
    const now = clock.now();
    const [used] = await tx.$queryRaw<{ uses: number; usesOfPerson: number }[]>`
      SELECT count(*)::int AS uses, count(*) FILTER (WHERE buyer_id = ${buyerId}::uuid)::int AS "usesOfPerson"
      FROM purchases WHERE voucher_id = ${id}::uuid AND id IS DISTINCT FROM ${except}::uuid
        AND (status = 'COMPLETED' OR (status = 'PENDING' AND expires_at > ${now}))`;
    assertUsable(isAgreed ? { ...voucher, startsAt: null, endsAt: null } : voucher, {
      now,
      currency,
      ...used!,
    });
    return voucher;
  }

  const listForOrganizer = (organizerId: string, page: Page): Promise<Voucher[]> =>
    db.voucher.findMany({
      where: { AND: [{ organizerId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { create, update, remove, lockByCode, lockForUse, listForOrganizer };
}

function assertPeriod(startsAt: Date | null | undefined, endsAt: Date | null | undefined): void {
  if (startsAt && endsAt && endsAt <= startsAt)
    throw new AppError('INVALID_INPUT', 'A voucher ends after it begins.', { path: ['endsAt'] });
}

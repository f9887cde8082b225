import {
  AppError,
  idempotent,
  parseInput,
  type Audit,
  type Clock,
  type Outbox,
  type Viewer,
} from '@diaspora/kit';
import type { Event, TicketType } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, ticketTypeIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { noteOwn } from '../own-parts.js';
import type { Places } from '../places/index.js';
import { callOf } from './calls.js';
import { heldQuantity } from './held.js';
import {
  assertNotEnded,
  assertWindow,
  isInWindow,
  maySell,
  mostTypesOfEvent,
  newTicketType,
  termColumns,
  ticketTypeChanges,
} from './rules.js';
import { createSeats } from './seats.js';

export type Ticketing = ReturnType<typeof createTicketing>;

export interface TicketingDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
  readonly places: Places;
}

/** Locks events and answers those of them that the viewer sells; throws for others. In the order of their ids. */
export const createSale = ({ places, clock }: Pick<TicketingDependencies, 'places' | 'clock'>) =>
  async function lockForSale(tx: Transaction, viewer: Viewer, ids: readonly string[]): Promise<Event[]> {
    await places.lockEvents(tx, ids);
    const events = await tx.event.findMany({
      where: { AND: [{ id: { in: [...ids] } }, visibleTo(viewer, clock.now())] },
      orderBy: { id: 'asc' },
    });
    if (events.length < new Set(ids).size)
      throw new AppError('NOT_FOUND', 'There is no such event.', { path: ['eventId'] });
    for (const event of events) {
      if (!maySell(viewer, event))
        throw new AppError(
          'FORBIDDEN',
          'Tickets are for the organizer, who is an event owner, to decide on.',
        );
      assertNotEnded(event, clock.now());
    }
    return events;
  };

export function createTicketing(dependencies: TicketingDependencies) {
  const { db, clock, audit, places } = dependencies;
  const lockForSale = createSale(dependencies);

  async function createType(
    viewer: Viewer,
    { idempotencyKey, ...input }: { idempotencyKey: string; eventId: string },
  ): Promise<TicketType> {
    const { name, description, quota, ...terms } = parseInput(newTicketType, input);
    const eventId = eventIds.decode(input.eventId);
    assertWindow({ salesStartAt: terms.salesStartAt ?? null, salesEndAt: terms.salesEndAt ?? null });
    const call = callOf(viewer, 'createTicketType', { idempotencyKey, input });
    const { typeId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const [event] = await lockForSale(tx, viewer, [eventId]);
        if ((await tx.ticketType.count({ where: { eventId } })) >= mostTypesOfEvent)
          throw new AppError('CONFLICT', `An event has at most ${mostTypesOfEvent} types of tickets.`);
        const now = clock.now();
        const type = await tx.ticketType.create({
          data: {
            id: ticketTypeIds.create(),
            eventId,
            name,
            description: description ?? null,
            quota: quota ?? null,
            feeMinor: 0n,
            refundPercent: 0,
            ...termColumns(terms),
            priceMinor: terms.price.amountMinor,
            currency: terms.price.currency,
            createdAt: now,
            updatedAt: now,
          },
        });
        await noteOwn(tx, event!, 'tickets');
        await record(tx, 'ticketType.created', event!, type);
        return { typeId: type.id };
      }),
    );
    return db.ticketType.findUniqueOrThrow({ where: { id: typeId } });
  }

  /** Locks the event, then the type. What the viewer may not see does not exist for them. */
  async function lockType(
    tx: Transaction,
    viewer: Viewer,
    id: string,
  ): Promise<{ event: Event; type: TicketType }> {
    const known = await tx.ticketType.findFirst({ where: { id, event: visibleTo(viewer, clock.now()) } });
    if (!known) throw noType();
    const [event] = await lockForSale(tx, viewer, [known.eventId]);
    await places.lockRows(tx, 'ticket_types', [id]);
    const type = await tx.ticketType.findUnique({ where: { id } });
    if (!type) throw noType();
    return { event: event!, type };
  }

  const updateType = (
    viewer: Viewer,
    id: string,
    { expectedVersion, ...input }: { expectedVersion: number },
  ): Promise<TicketType> => {
    const { name, description, quota, ...terms } = parseInput(ticketTypeChanges, input);
    return db.$transaction(async (tx) => {
      const { event, type } = await lockType(tx, viewer, id);
      if (type.version !== expectedVersion)
        throw new AppError('CONFLICT', 'The type has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { ticketType: type },
        });
      const changes = { ...termColumns(terms), ...given({ name, description, quota }) };
      const next = { ...type, ...changes };
      assertWindow(next);
      const taken = type.soldCount + (await heldQuantity(tx, clock.now(), { ticketTypeId: id }));
      if (next.quota !== null && next.quota < taken)
        throw new AppError('INVALID_INPUT', `${taken} tickets are sold or kept already.`, {
          path: ['quota'],
        });
      if (next.currency !== type.currency && taken > 0)
        throw new AppError('INVALID_INPUT', 'Tickets were sold in another currency.', { path: ['price'] });
      const changed = await tx.ticketType.update({
        where: { id },
        data: { ...changes, version: type.version + 1, updatedAt: clock.now() },
      });
      await noteOwn(tx, event, 'tickets');
      await record(tx, 'ticketType.changed', event, changed, type);
      await places.freed(tx, event.id);
      return changed;
    });
  };

  const deleteType = (viewer: Viewer, id: string): Promise<{ event: Event; deletedId: string }> =>
    db.$transaction(async (tx) => {
      const { event, type } = await lockType(tx, viewer, id);
      const held = await heldQuantity(tx, clock.now(), { ticketTypeId: id });
      if (type.soldCount + held > 0)
        throw new AppError(
          'HAS_HOLDERS',
          `${type.soldCount} people have such a ticket, and ${held} are being bought.`,
          {
            path: ['ticketTypeId'],
          },
        );
      await tx.ticketType.delete({ where: { id } });
      await noteOwn(tx, event, 'tickets');
      await record(tx, 'ticketType.deleted', event, null, type);
      return { event, deletedId: id };
    });

  async function record(
    tx: Transaction,
    action: `ticketType.${string}`,
    event: Event,
    after: TicketType | null,
    before?: TicketType,
  ): Promise<void> {
    await audit.record(tx, {
      action,
      subject: { type: 'TicketType', id: ticketTypeIds.encode((after ?? before)!.id) },
      personId: event.organizerId,
      ...(before && { before: spoken(before) }),
      ...(after && { after: spoken(after) }),
    });
  }

  return {
    createType,
    updateType,
    deleteType,
    ...createSeats({ ...dependencies, lockForSale }),
    isOnSale: (type: TicketType) => isInWindow(type, clock.now()),
  };
}

const noType = () =>
  new AppError('NOT_FOUND', 'There is no such type of ticket.', { path: ['ticketTypeId'] });

/** What was given of an input: undefined keeps. */
export const given = <Input extends object>(input: Input) =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<{
    [Field in keyof Input]: Exclude<Input[Field], undefined>;
  }>;

const spoken = ({ name, priceMinor, feeMinor, currency, quota }: TicketType) => ({
  name,
  quota,
  currency,
  priceMinor: `${priceMinor}`,
  feeMinor: `${feeMinor}`,
});

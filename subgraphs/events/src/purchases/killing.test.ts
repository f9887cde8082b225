import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayMs, givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';
import { runPurchase, type PurchasePlan } from '../testing/purchase-run.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

const ends = [
  ...['before:hold', 'after:hold', 'before:issue', 'after:order.paid'].map(
    (at) => ['COMPLETED', at] as const,
  ),
  ...['before:giveBack', 'after:settle', 'after:settleCancelledEvent'].map(
    (at) => ['CALLED_OFF', at] as const,
  ),
  ...['after:order.refundFailed', 'before:retry', 'after:retryRefunds'].map(
    (at) => ['CALLED_OFF', at] as const,
  ),
  ...['before:refunded', 'after:order.refunded'].map((at) => ['CALLED_OFF', at] as const),
  ...['before:cancel', 'after:expirePurchases', 'before:refund'].map((at) => ['TOO_LATE', at] as const),
];

/** Runs the purchase in a process of its own; answers the signal that ended it. */
async function runAndEnd(plan: PurchasePlan): Promise<NodeJS.Signals | null> {
  const module = new URL('../testing/purchase-process.ts', import.meta.url);
  const child = fork(module, [JSON.stringify(plan)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

/** An event with one place, in the time of the processes. */
async function aPlan(ending: PurchasePlan['ending']): Promise<PurchasePlan> {
  const organizer = tickets.eventOwner();
  const startsAt = new Date(Date.now() + 30 * dayMs);
  const event = await events.given.event({ organizerId: organizer.id, capacity: 1, startsAt });
  const type = await tickets.ticketType(event);
  return {
    url: events.database.url,
    eventKey: event.id,
    eventId: event.publicId,
    organizerKey: organizer.id,
    ticketTypeId: type.publicId,
    buyerKey: events.given.person().id,
    otherKey: events.given.person().id,
    ending,
  };
}

async function endOf({ buyerKey, eventKey }: PurchasePlan) {
  const [purchase, ...others] = await events.db.purchase.findMany({
    where: { buyerId: buyerKey },
    include: { tickets: true, refunds: true },
  });
  const event = await events.db.event.findUniqueOrThrow({ where: { id: eventKey } });
  const held = await events.db.placeHold.findMany({ where: { claimId: purchase!.id } });
  const told = await events.db.$queryRaw<{ type: string }[]>`
    SELECT type FROM kit.outbox
    WHERE type = 'order.requested' AND envelope->'data'->>'buyerId' = ${tickets.userId(buyerKey)}`;
  return {
    status: purchase!.status,
    others: others.length,
    tickets: purchase!.tickets.map(({ status }) => status),
    refunds: purchase!.refunds.map(({ status, amountMinor }) => `${status} ${amountMinor}`),
    ticketed: event.ticketedCount,
    held: held.length,
    asked: told.length,
  };
}

const good = {
  COMPLETED: { status: 'COMPLETED', tickets: ['VALID'], refunds: [], ticketed: 1 },
  CALLED_OFF: { status: 'REFUNDED', tickets: ['CANCELLED'], refunds: ['REFUNDED 1000'], ticketed: 0 },
  TOO_LATE: { status: 'REFUNDED', tickets: [], refunds: ['REFUNDED 1000'], ticketed: 0 },
};

describe('events that is killed at any step of a purchase', () => {
  it.each(ends)(
    'ends it %s all the same when it starts again: killed %s',
    async (ending, endsAt) => {
      const plan = await aPlan(ending);
      expect(await runAndEnd({ ...plan, endsAt })).toBe('SIGKILL');
      await runPurchase(plan, () => undefined);
      expect(await endOf(plan)).toEqual({ ...good[ending], others: 0, held: 0, asked: 1 });
    },
    120_000,
  );
});

import { idempotencyKey, text } from '@diaspora/kit';
import { z } from 'zod';

/** Credits for so many units, begun ones included. */
const prices = {
  HEADLINES: { credits: 1, per: 5 },
  ADAPTATION: { credits: 1, per: 1_000 },
  TRANSLATION: { credits: 1, per: 2_000 },
} as const;

export type CreditOperation = keyof typeof prices;

export function priceOf(operation: CreditOperation, units: number): number {
  const { credits, per } = prices[operation];
  return Math.ceil(units / per) * credits;
}

const whole = (least: number, most: number, what: string) => {
  const message = `${what}: ${least} to ${most}.`;
  return z.number().int().min(least, message).max(most, message);
};
const units = whole(1, 10_000_000, 'Units');
const operation = z.enum(['HEADLINES', 'ADAPTATION', 'TRANSLATION']);

export const quoteInput = z.object({ operation, units });
export const reserveInput = z.object({
  idempotencyKey: idempotencyKey(),
  operation,
  units,
  quotedAmount: z.number().int(),
  holdSeconds: whole(60, 86_400, 'Seconds to hold').default(900),
});
export const bonusInput = z.object({
  idempotencyKey: idempotencyKey(),
  amount: whole(1, 1_000_000, 'Credits'),
  reason: text({ max: 1_000 }),
});

export type GrantKind = 'PLAN' | 'BONUS' | 'PURCHASE';

/** What ends by itself goes first, what was paid for by itself last. */
export const priorities: Readonly<Record<GrantKind, number>> = { PLAN: 10, BONUS: 20, PURCHASE: 30 };

export interface Held {
  readonly grantId: string;
  readonly amount: number;
}

/** How much to take of which grant, given in the order of spending; null when all of them do not suffice. */
export function take(
  grants: readonly { readonly id: string; readonly remaining: number }[],
  amount: number,
): Held[] | null {
  let missing = amount;
  const held = grants.flatMap(({ id: grantId, remaining }) => {
    const part = Math.min(remaining, missing);
    missing -= part;
    return part > 0 ? [{ grantId, amount: part }] : [];
  });
  return missing > 0 ? null : held;
}

/** What goes back to which grant: last taken, first back, so that what ends first is what was used. */
export function giveBack(held: readonly Held[], amount: number): Held[] {
  return take(
    [...held].reverse().map((each) => ({ id: each.grantId, remaining: each.amount })),
    amount,
  )!;
}

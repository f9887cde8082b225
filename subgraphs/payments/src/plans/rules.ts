import { AppError, line } from '@diaspora/kit';
import { z } from 'zod';
import type { Plan } from '../__generated__/prisma/client.js';

const whole = (least: number, most: number, what: string) => {
  const message = `${what}: ${least} to ${most}.`;
  return z.number().int().min(least, message).max(most, message);
};

const code = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{1,63}$/, 'A code has capital letters, digits and underscores, 2 to 64 of them.');
/** Ten digits: what every provider takes. */
const maxPriceMinor = 9_999_999_999n;

const price = z.bigint().min(0n, 'A price is not negative.').max(maxPriceMinor, 'This price is too high.');

export const newVersion = z
  .object({
    code,
    name: line({ max: 80 }),
    audience: z.enum(['PERSON', 'WORKSPACE']),
    tier: whole(0, 1_000, 'The tier'),
    // The scalar reads what fits as a number.
    priceMinor: z.union([z.bigint(), z.number().int()]).transform(BigInt).pipe(price),
    currency: z.string().length(3),
    interval: z.enum(['MONTH', 'YEAR']).nullish(),
    entitlements: z.array(z.string()).transform((given) => [...new Set(given)].sort()),
    trialDays: whole(0, 90, 'Days to try'),
    creditsPerMonth: whole(0, 1_000_000, 'Credits a month'),
  })
  .refine(({ priceMinor, interval }) => priceMinor > 0n === (interval != null), {
    message: 'A plan has a price exactly when it has an interval.',
    path: ['priceMinor'],
  })
  .refine(({ trialDays, interval }) => trialDays === 0 || interval != null, {
    message: 'What costs nothing needs no trial.',
    path: ['trialDays'],
  });

export type NewVersion = z.output<typeof newVersion>;

/** Those who have a plan have it renewed under its code: what they pay for does not become something else. */
export function assertSameOffer(
  before: Pick<Plan, 'audience' | 'interval' | 'currency'>,
  after: Pick<NewVersion, 'audience' | 'interval' | 'currency'>,
): void {
  const refuse = (field: string) => {
    throw new AppError('INVALID_INPUT', `A code keeps its ${field}: use another code.`, { path: [field] });
  };
  if (before.audience !== after.audience) refuse('audience');
  if (before.interval !== (after.interval ?? null)) refuse('interval');
  if (before.currency !== after.currency) refuse('currency');
}

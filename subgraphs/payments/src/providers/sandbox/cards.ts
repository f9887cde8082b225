import type { MethodDetails } from '../provider.js';

/** How the sandbox treats one test card. */
export interface Behaviour {
  readonly token: string;
  /** Whether a charge is captured, given how many of this customer's charges were captured before. */
  readonly isCaptured: (capturedBefore: number) => boolean;
  /** Milliseconds until the sandbox decides; null for a payer who never answers. */
  readonly settlesAfterMs: number | null;
  /** Milliseconds until the sandbox answers the call that makes a payment; it is made at once. */
  readonly answersAfterMs: number;
  /** Tells the outcome twice, and the creation after it. */
  readonly isReportedBadly: boolean;
  /** How its bank ends the dispute that it opens over each payment. */
  readonly dispute: 'WON' | 'LOST' | null;
  /** Whether its bank sends refunds back after they succeeded. */
  readonly returnsRefunds: boolean;
}

const soonMs = 200;

const behaviour = (token: string, differences: Partial<Behaviour> = {}): Behaviour => ({
  token,
  isCaptured: () => true,
  settlesAfterMs: soonMs,
  answersAfterMs: 0,
  isReportedBadly: false,
  dispute: null,
  returnsRefunds: false,
  ...differences,
});

/** The numbers are those of Stripe's test cards where it has one of that meaning (https://docs.stripe.com/testing). */
const cards = new Map<string, Behaviour>([
  ['4242424242424242', behaviour('pm_sandbox_succeeds')],
  ['4000000000000002', behaviour('pm_sandbox_declined', { isCaptured: () => false })],
  ['4000000000000341', behaviour('pm_sandbox_declinedLater', { isCaptured: (before) => before === 0 })],
  ['4000000000000077', behaviour('pm_sandbox_delayed', { settlesAfterMs: 15_000 })],
  ['4000002760003184', behaviour('pm_sandbox_unanswered', { settlesAfterMs: null })],
  ['4000000000000259', behaviour('pm_sandbox_disputed', { dispute: 'LOST' })],
  ['4000000000002685', behaviour('pm_sandbox_disputedInVain', { dispute: 'WON' })],
  ['4000000000005126', behaviour('pm_sandbox_refundFails', { returnsRefunds: true })],
  ['4999000000000013', behaviour('pm_sandbox_reportedBadly', { isReportedBadly: true })],
  ['4999000000000021', behaviour('pm_sandbox_slow', { answersAfterMs: 15_000 })],
]);

const byToken = new Map([...cards.values()].map((each) => [each.token, each]));

const expiry = { expiryMonth: 12, expiryYear: 2034 };

/** What is shown of a saved test card. The last digits are all that is known of its number. */
export function detailsOfToken(token: string): MethodDetails | undefined {
  const number = [...cards].find(([, each]) => each.token === token)?.[0];
  if (!number) return undefined;
  return { kind: 'CARD', brand: 'visa', last4: number.slice(-4), ...expiry, wallet: null };
}

/** The token of a test card; undefined for any other number, which must not be kept anywhere. */
export const tokenOfCard = (number: string): string | undefined =>
  cards.get(number.replaceAll(/[\s-]/g, ''))?.token;

export const behaviourOf = (token: string): Behaviour | undefined => byToken.get(token);

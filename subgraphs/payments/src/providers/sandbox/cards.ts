/** How the sandbox treats one test card. */
export interface Behaviour {
  readonly token: string;
  /** Whether a charge is captured, given how many of this customer's charges were captured before. */
  readonly isCaptured: (capturedBefore: number) => boolean;
  /** Milliseconds until the sandbox decides. */
  readonly settlesAfterMs: number;
  /** Tells the outcome twice, and the creation after it. */
  readonly isReportedBadly: boolean;
}

const soonMs = 200;

const behaviour = (token: string, differences: Partial<Behaviour> = {}): Behaviour => ({
  token,
  isCaptured: () => true,
  settlesAfterMs: soonMs,
  isReportedBadly: false,
  ...differences,
});

/** The numbers are those of Stripe's test cards where it has one of that meaning (https://docs.stripe.com/testing). */
const cards = new Map<string, Behaviour>([
  ['4242424242424242', behaviour('pm_sandbox_succeeds')],
  ['4000000000000002', behaviour('pm_sandbox_declined', { isCaptured: () => false })],
  ['4000000000000341', behaviour('pm_sandbox_declinedLater', { isCaptured: (before) => before === 0 })],
  ['4000000000000077', behaviour('pm_sandbox_delayed', { settlesAfterMs: 15_000 })],
  ['4000000000000259', behaviour('pm_sandbox_reportedBadly', { isReportedBadly: true })],
]);

const byToken = new Map([...cards.values()].map((each) => [each.token, each]));

/** The token of a test card; undefined for any other number, which must not be kept anywhere. */
export const tokenOfCard = (number: string): string | undefined =>
  cards.get(number.replaceAll(/[\s-]/g, ''))?.token;

export const behaviourOf = (token: string): Behaviour | undefined => byToken.get(token);

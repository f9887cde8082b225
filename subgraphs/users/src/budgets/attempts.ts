import { dayMs, hourMs, minuteMs, type Origin } from '@diaspora/kit';
import { backOff, window, type Budgets } from './budgets.js';

/**
 * The lock of an account. Four mistakes are everybody's; then it takes longer and longer, and from the tenth on a
 * quarter of an hour each: fewer than a hundred guesses a day (NIST SP 800-63B, 3.2.2).
 */
export const accountLock = backOff('account.attempts', {
  free: 4,
  waitsMs: [2, 5, 15, 30, 60, 15 * 60].map((seconds) => seconds * 1_000),
  windowMs: dayMs,
});

export type Attempts = ReturnType<typeof createAttempts>;

interface Dependencies {
  readonly budgets: Budgets;
  /** In a quarter of an hour, whoever is meant. Whole schools and companies share one address. */
  readonly attemptsPerAddress: number;
  /** In an hour: what makes something or sends something to somebody. */
  readonly requestsPerAddress: number;
}

/** Attempts to prove who somebody is. Wrong passwords and wrong codes of every kind count to one lock of the account. */
export function createAttempts({ budgets, attemptsPerAddress, requestsPerAddress }: Dependencies) {
  const addressAttempts = window('address.attempts', attemptsPerAddress, 15 * minuteMs);
  const addressRequests = window('address.requests', requestsPerAddress, hourMs);
  return {
    /** Before work is done for a visitor. Throws RATE_LIMITED. */
    request: ({ address }: Origin): Promise<void> => budgets.spend(addressRequests, address),
    /**
     * Before anything secret is looked at. The account is named by its address, so that an unknown one locks as a known
     * one does; null where nobody is named. Throws RATE_LIMITED.
     */
    begin: async (emailKey: string | null, origin: Origin): Promise<void> => {
      await budgets.spend(addressAttempts, origin.address);
      await budgets.spend(accountLock, emailKey);
    },
    /** Once everything is proved, the second factor too. The address stays as suspicious as it was. */
    succeed: (emailKey: string): Promise<void> => budgets.clear(accountLock, emailKey),
  };
}

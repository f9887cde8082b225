import type { Clock } from '@diaspora/kit';

const windowMs = 60_000;

/**
 * Counts the refused posts of each address by the minute. Whoever sends too many is not listened to for the rest of it, as
 * checking a signature may cost a call to the provider. What is missed by that comes again, or with the sweep.
 */
export function createRefusals({ clock, most = 60 }: { clock: Clock; most?: number }) {
  let counts = new Map<string, number>();
  let startedMs = 0;

  function countOf(address: string): number {
    if (clock.now().getTime() - startedMs >= windowMs) {
      counts = new Map();
      startedMs = clock.now().getTime();
    }
    return counts.get(address) ?? 0;
  }

  return {
    count: (address: string): void => void counts.set(address, countOf(address) + 1),
    isTooMany: (address: string): boolean => countOf(address) >= most,
  };
}

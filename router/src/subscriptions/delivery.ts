import type { Caller } from '../access/caller.js';
import { reasonOf } from './check-caller.js';
import type { Member } from './group.js';
import type { Ending } from './sink.js';

export interface Delivery extends Member {
  /** Resolves when all that was given so far is delivered. */
  settled(): Promise<unknown>;
}

interface DeliveryOptions {
  readonly caller: Caller;
  /** Nothing is delivered before. */
  readonly after?: Promise<unknown> | undefined;
  /** Results that wait. */
  readonly limit: number;
  readonly next: (result: string) => void;
  readonly end: (ending: Ending) => void;
}

/**
 * Results to one client, in order. Each is authorised when it is delivered: what was allowed when it came may not be
 * any more. What waits is bounded.
 */
export function createDelivery({ caller, after, limit, next, end }: DeliveryOptions): Delivery {
  const isAnonymous = caller.client.class === 'anonymous';
  let waiting = 0;
  let isOpen = after === undefined;
  let last: Promise<unknown> = after ?? Promise.resolve();
  void after?.then(() => (isOpen = true));

  return {
    deliver(result) {
      if (isAnonymous && isOpen && waiting === 0) return next(result);
      if (waiting >= limit) return end({ kind: 'close', reason: 'SLOW_CONSUMER' });
      waiting += 1;
      const before = last;
      last = (async () => {
        try {
          await before;
          await caller.recheck();
          next(result);
        } catch (error) {
          end({ kind: 'close', reason: reasonOf(error) });
        } finally {
          waiting -= 1;
        }
      })();
    },
    end: (ending) => void last.then(() => end(ending)),
    settled: () => last,
  };
}

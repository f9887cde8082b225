import type { BreakerState } from '../metrics.js';
import type { Time } from '../time.js';

export interface Breaker {
  /** Whether a call may be made, and as what; what is let in has to `leave`. */
  enter(): Pass | undefined;
  /** `unknown`: given up for reasons that say nothing about the subgraph. */
  leave(pass: Pass, verdict: 'success' | 'failure' | 'unknown'): void;
  readonly state: () => BreakerState;
}

export type Pass = 'ordinary' | 'probe';

export interface BreakerOptions {
  /** Of the calls in the window: at this many failures it opens. */
  readonly failurePercent: number;
  readonly windowMs: number;
  /** Fewer calls than this in the window prove nothing. */
  readonly leastCalls: number;
  /** How long it refuses everything before it lets probes through. */
  readonly openMs: number;
  readonly time: Pick<Time, 'now'>;
  readonly onChange: (state: BreakerState) => void;
}

/** So many probes at a time, and so many successes in a row until it closes. */
const probes = 3;

/** A circuit breaker by failure rate (Nygard, "Release It!"): spares a subgraph that fails, and its callers the wait. */
export function createBreaker({
  failurePercent,
  leastCalls,
  openMs,
  windowMs,
  time,
  onChange,
}: BreakerOptions): Breaker {
  const window = createWindow(windowMs);
  let state: BreakerState = 'closed';
  let openedAt = 0;
  let probing = 0;
  let succeeded = 0;

  function become(next: BreakerState): void {
    state = next;
    probing = succeeded = 0;
    if (next === 'open') openedAt = time.now();
    if (next === 'closed') window.clear();
    onChange(next);
  }

  return {
    state: () => state,
    enter() {
      if (state === 'closed') return 'ordinary';
      if (state === 'open') {
        if (time.now() - openedAt < openMs) return undefined;
        become('half-open');
      }
      if (probing + succeeded >= probes) return undefined;
      probing++;
      return 'probe';
    },
    leave(pass, verdict) {
      if (pass === 'ordinary') {
        // Calls that began before it opened are of no interest any more.
        if (state !== 'closed' || verdict === 'unknown') return;
        const { calls, failures } = window.add(time.now(), verdict === 'failure');
        if (verdict === 'failure' && calls >= leastCalls && failures * 100 >= calls * failurePercent)
          become('open');
      } else if (state === 'half-open') {
        probing--;
        if (verdict === 'failure') become('open');
        else if (verdict === 'success' && ++succeeded >= probes) become('closed');
      }
    },
  };
}

const slots = 10;

/** Calls and failures of the last while, in slots that are dropped one by one. */
function createWindow(windowMs: number) {
  const slotMs = windowMs / slots;
  const calls = new Array<number>(slots).fill(0);
  const failures = new Array<number>(slots).fill(0);
  const totals = { calls: 0, failures: 0 };
  let latest = 0;

  function drop(slot: number): void {
    totals.calls -= calls[slot]!;
    totals.failures -= failures[slot]!;
    calls[slot] = failures[slot] = 0;
  }

  return {
    add(now: number, isFailure: boolean): Readonly<typeof totals> {
      const current = Math.floor(now / slotMs);
      for (let step = Math.max(latest + 1, current - slots + 1); step <= current; step++) drop(step % slots);
      latest = current;
      calls[current % slots]!++;
      totals.calls++;
      if (isFailure) {
        failures[current % slots]!++;
        totals.failures++;
      }
      return totals;
    },
    clear() {
      for (let slot = 0; slot < slots; slot++) drop(slot);
    },
  };
}

import { longestTimerMs } from '@diaspora/kit';

export interface Current<State> {
  readonly state: State;
  /** When it changes by itself, without being announced. */
  readonly changesInMs?: number | undefined;
}

/** A state that is read once for everybody who looks at it. */
export function createState<State>(read: () => Promise<Current<State>>, onFailure: () => void) {
  let last: { readonly state: State } | undefined;
  let failure: { readonly error: unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStale = false;
  let hasEnded = false;
  let reading: Promise<void> | undefined;
  const watchers = new Set<() => void>();

  /** Never rejects; `current` throws what it failed of. */
  function renew(): Promise<void> {
    isStale = true;
    return (reading ??= readOn());
  }

  async function readOn(): Promise<void> {
    try {
      while (isStale) {
        isStale = false;
        keep(await read());
      }
    } catch (error) {
      failure = { error };
      onFailure();
    }
    reading = undefined;
    for (const wake of watchers) wake();
  }

  function keep({ state, changesInMs }: Current<State>): void {
    last = { state };
    clearTimeout(timer);
    if (changesInMs === undefined || hasEnded) return;
    // What changes later than timers can wait is read in between.
    timer = setTimeout(() => void renew(), Math.min(changesInMs, longestTimerMs)).unref();
  }

  return {
    renew,
    current(): State {
      if (failure) throw failure.error;
      return last!.state;
    },
    /** Calls `wake` whenever it was read again; answers how to end that. */
    watch(wake: () => void): () => void {
      watchers.add(wake);
      return () => void watchers.delete(wake);
    },
    /** Nobody looks at it any more, whatever is still being read. */
    end(): void {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}

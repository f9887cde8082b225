/** Who is to be told when a client goes away. */
export interface Cancellation {
  listen(signal: AbortSignal, onAbort: () => void): void;
  forget(signal: AbortSignal, onAbort: () => void): void;
}

/** One event listener per client request, however many fetches it has: listeners of an AbortSignal are expensive. */
export function createCancellation(): Cancellation {
  const listening = new WeakMap<AbortSignal, Set<() => void>>();
  return {
    listen(signal, onAbort) {
      const known = listening.get(signal);
      if (known !== undefined) return void known.add(onAbort);
      const listeners = new Set([onAbort]);
      listening.set(signal, listeners);
      signal.addEventListener('abort', () => listeners.forEach((tell) => tell()), { once: true });
    },
    forget: (signal, onAbort) => void listening.get(signal)?.delete(onAbort),
  };
}

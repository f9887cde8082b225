import { UnavailableError } from './errors.js';

/** How safe operations are tried again. */
export interface RetryPolicy {
  /** Attempts after the first. */
  readonly retries: number;
  /** Longest wait before the first repetition, in milliseconds; it doubles with each one. */
  readonly baseMs: number;
  /** No wait is longer, in milliseconds; a server that asks for more is not tried again. */
  readonly capMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { retries: 3, baseMs: 200, capMs: 5_000 };

/**
 * Tries again while the network or a server is away. Waits are drawn from the whole range ("full jitter",
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/) so that clients do not return together.
 */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  { retries, baseMs, capMs }: RetryPolicy,
  signal?: AbortSignal,
): Promise<Result> {
  for (let repetition = 0; ; repetition += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof UnavailableError) || repetition >= retries) throw error;
      const asked = error.retryAfterMs ?? 0;
      if (asked > capMs) throw error;
      const backoff = Math.random() * Math.min(capMs, baseMs * 2 ** repetition);
      await pause(Math.max(asked, backoff), signal);
    }
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

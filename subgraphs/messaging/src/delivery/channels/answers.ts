import { TargetSilent, TargetUnreachable, type TargetAnswer } from '../../targets.js';
import type { Outcome } from '../rules.js';

/** What an HTTP answer means where nothing more is known: 2xx taken, 404 and 410 gone, 408, 429 and 5xx for now. */
export function outcomeOf({ status, retryAfterSeconds }: TargetAnswer): Outcome {
  const detail = `HTTP ${status}`;
  if (status < 300) return { kind: 'SENT' };
  if (status === 404 || status === 410) return { kind: 'GONE', detail };
  if (status === 408 || status === 429 || status >= 500)
    return { kind: 'LATER', detail, waitSeconds: retryAfterSeconds };
  return { kind: 'REFUSED', detail };
}

/** What a request that failed means. */
export function outcomeOfFailure(error: unknown): Outcome {
  if (error instanceof TargetUnreachable)
    return error.message === 'REFUSED_ADDRESS' || error.message === 'REDIRECTED'
      ? { kind: 'REFUSED', detail: error.message }
      : { kind: 'LATER', detail: error.message };
  if (error instanceof TargetSilent) return { kind: 'UNCONFIRMED', detail: error.message };
  throw error;
}

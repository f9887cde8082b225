import type { Progress } from '@diaspora/local';

/** What every part of a run is given. */
export interface Run {
  readonly progress: Progress;
  /** Aborted by Ctrl-C: whoever started something then clears it away and throws. */
  readonly signal: AbortSignal;
  /** An existing folder that the services write their logs to. */
  readonly logDir: string | undefined;
}

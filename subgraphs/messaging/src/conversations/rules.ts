import { AppError } from '@diaspora/kit';

/** One key for two people, whoever opens the conversation. */
export const pairKeyOf = (one: string, other: string): string => [one, other].sort().join(':');

/** Throws when these two cannot have a conversation of their own. */
export function assertPair(opener: string, other: string): void {
  if (opener === other) throw new AppError('INVALID_INPUT', 'Choose somebody else.', { path: ['userId'] });
}

/** The marker after a request to move it: monotone, and never beyond what has been sent. */
export function nextReadMarker(
  current: { readonly readUpToSequence: number; readonly lastSequence: number },
  upToSequence: number,
): number {
  if (upToSequence < 0 || upToSequence > current.lastSequence) {
    throw new AppError('INVALID_INPUT', 'There is no such message yet.', { path: ['upToSequence'] });
  }
  return Math.max(current.readUpToSequence, upToSequence);
}

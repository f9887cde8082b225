import { AppError } from '@diaspora/kit';

/** One key for two people, whoever opens the conversation. */
export const pairKeyOf = (one: string, other: string): string => [one, other].sort().join(':');

/** Throws when these two cannot have a conversation of their own. */
export function assertPair(opener: string, other: string): void {
  if (opener === other) throw new AppError('INVALID_INPUT', 'Choose somebody else.', { path: ['userId'] });
}

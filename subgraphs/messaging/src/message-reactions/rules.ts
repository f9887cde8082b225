import { AppError, type SortKey } from '@diaspora/kit';

/** Emoji recommended for general interchange, sequences included (https://unicode.org/reports/tr51/#def_rgi_set). */
const oneEmoji = new RegExp('^\\p{RGI_Emoji}$', 'v');
const emojiPresentation = '\ufe0f';

/** One emoji as it is kept. Some keyboards leave out the mark that tells it from the plain character. */
export function emojiOf(input: string): string {
  const found = [input, input + emojiPresentation].find((candidate) => oneEmoji.test(candidate));
  if (found) return found;
  throw new AppError('INVALID_INPUT', 'must be one emoji', { path: ['emoji'] });
}

/** Bounds of what is under one message. */
export const mostOfOnePerson = 10;
export const mostEmoji = 50;

export const tooMany = () =>
  new AppError('CONFLICT', 'There are too many reactions here already.', { path: ['emoji'] });

/** The id of a reaction grows with time. */
export const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

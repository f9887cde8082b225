import { isDeepStrictEqual } from 'node:util';
import type { GraphQLFormattedError } from 'graphql';
import type { TestAnswer } from './request.js';

export type Outcome = Pick<TestAnswer, 'data' | 'text' | 'errors'>;

/** In what an answer is not the true one; empty when it is. */
export function differences(answer: Outcome, truth: Outcome): string[] {
  const found: string[] = [];
  if (!isDeepStrictEqual(answer.data, truth.data)) found.push('other data');
  else if (answer.text !== truth.text) found.push('keys in another order');
  const places = nulledPlaces(answer);
  const expected = nulledPlaces(truth);
  if (expected.size < mostPlaces && !isDeepStrictEqual(places, expected)) {
    found.push(`errors at ${[...places].join(' ')} instead of ${[...expected].join(' ')}`);
  }
  return found;
}

/** One fault is not told at more places than twenty; from there on not all have to be there. */
const mostPlaces = 20;

/**
 * What errors made null. An error may be reported at any field below a null, and one null may have several; which of
 * them are told depends on who fetches what, the places that are null do not.
 */
function nulledPlaces({ data, errors }: Outcome): Set<string> {
  return new Set(errors.map((error) => nulledBy(error, data)).sort());
}

function nulledBy({ path }: GraphQLFormattedError, data: unknown): string {
  if (path === undefined) return 'nowhere';
  let at = data;
  const place: (string | number)[] = [];
  for (const key of path) {
    if (at === null || typeof at !== 'object') break;
    at = (at as Record<string | number, unknown>)[key];
    place.push(key);
  }
  return `/${place.join('/')}${at === null ? '' : ' (which is not null)'}`;
}

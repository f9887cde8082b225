import { AppError } from '@diaspora/kit';

const mostPeople = 100;

/** Each of them once. Throws INVALID_INPUT for none, or too many. */
export function parsePeople(ids: readonly string[]): readonly string[] {
  if (ids.length >= 1 && ids.length <= mostPeople) return [...new Set(ids)];
  throw new AppError('INVALID_INPUT', `Name 1 to ${mostPeople} people.`, { path: ['userIds'] });
}

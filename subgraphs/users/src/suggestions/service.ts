import { AppError, type Clock } from '@diaspora/kit';
import type { Db } from '../database.js';
import { suggestionsStatement, type Suggestion } from './statement.js';

const most = 50;

/** People the viewer may know. */
export function createSuggestions({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  async function suggest(viewerId: string, first: number): Promise<Suggestion[]> {
    if (first < 1 || first > most)
      throw new AppError('INVALID_INPUT', `Ask for 1 to ${most} people.`, { path: ['first'] });
    return db.$queryRaw<Suggestion[]>(suggestionsStatement(viewerId, first, clock.now()));
  }

  return { suggest };
}

export type SuggestionReason = 'MUTUAL_FRIENDS' | 'SHARED_ORIGIN' | 'SAME_CITY' | 'SHARED_DOMAINS';

export function reasonsOf(suggestion: Suggestion): SuggestionReason[] {
  const reasons: Record<SuggestionReason, boolean> = {
    MUTUAL_FRIENDS: suggestion.mutualFriends > 0,
    SHARED_ORIGIN: suggestion.isOfSameOrigin,
    SAME_CITY: suggestion.isInSameCity,
    SHARED_DOMAINS: suggestion.sharedDomains.length > 0,
  };
  return (Object.keys(reasons) as SuggestionReason[]).filter((reason) => reasons[reason]);
}

import type { InterestDomain, Resolvers } from '../__generated__/schema.js';
import { reasonsOf } from './service.js';

export const resolvers: Resolvers = {
  Query: {
    suggestedPeople: (_parent, { first }, { viewer, services }) =>
      services.suggestions.suggest(viewer!.id, first),
  },
  PersonSuggestion: {
    user: async ({ accountId }, _args, { loaders }) => (await loaders.profile.load(accountId))!,
    reasons: (suggestion) => reasonsOf(suggestion),
    mutualFriendCount: ({ mutualFriends }) => mutualFriends,
    sharedDomains: ({ sharedDomains }) => sharedDomains as InterestDomain[],
  },
};

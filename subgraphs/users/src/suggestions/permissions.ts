import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { suggestedPeople: authenticated },
  ...carriers('PersonSuggestion'),
};

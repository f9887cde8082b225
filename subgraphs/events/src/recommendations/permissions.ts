import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { recommendedEvents: authenticated },
  ...carriers('RecommendedEventConnection', 'RecommendedEventEdge'),
};

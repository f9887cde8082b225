import { anyone, carriers, type PermissionMap } from '@diaspora/kit';

/** Everybody has their own view; visitors have none. */
export const permissions: PermissionMap = {
  User: { viewerConnection: anyone },
  ...carriers('ViewerConnection', 'PeopleConnection', 'PeopleEdge'),
};

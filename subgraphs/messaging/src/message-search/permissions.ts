import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** What is found is what the viewer sees: the statement asks by the viewer's own key. */
export const permissions: PermissionMap = {
  Query: { searchMessages: inPerson },
  ...carriers('MessageHit', 'TextRange', 'MessageHitConnection', 'MessageHitEdge'),
};

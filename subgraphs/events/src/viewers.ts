import { permission, type Viewer } from '@diaspora/kit';
import { userIds } from './ids.js';
import type { UserModel } from './models.js';

/** The person a list hangs on, and super users. */
export const selfOrSuperUser = permission<UserModel>(
  'selfOrSuperUser',
  ({ parent, context: { viewer } }) =>
    viewer !== null && (userIds.encode(viewer.id) === parent.id || viewer.roles.includes('SUPER_USER')),
);

/** The person a list hangs on, super users, and programs of customer service. */
export const selfOrService = permission<UserModel>(
  'selfOrService',
  ({ parent, context: { viewer } }) =>
    viewer !== null &&
    (userIds.encode(viewer.id) === parent.id ||
      viewer.roles.includes('SUPER_USER') ||
      (viewer.kind === 'service' && viewer.scopes.includes('tickets:read'))),
);

/** A person whom nobody asked anything just now: with no rights but those everybody has over what is theirs. */
export const personOf = (id: string): Viewer => ({
  ...{ id, kind: 'person', sessionId: '', roles: [], scopes: [], entitlements: [], offices: [] },
});

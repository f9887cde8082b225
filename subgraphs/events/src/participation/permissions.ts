import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import { userIds } from '../ids.js';
import type { EventModel, UserModel } from '../models.js';

const organizer = permission<EventModel>('organizer', ({ parent, context }) =>
  maySteer(context.viewer, parent),
);
const self = permission<UserModel>(
  'self',
  ({ parent, context }) => context.viewer !== null && userIds.encode(context.viewer.id) === parent.id,
);

/** Which registrations a viewer reaches by id is decided by loaders.ts, inside the query. */
export const permissions: PermissionMap = {
  Mutation: { registerForEvent: authenticated, cancelRegistration: authenticated },
  Event: { viewerEligibility: anyone, viewerRegistration: anyone, registrations: organizer },
  User: { registrations: self },
  ...carriers('Registration', 'RegistrationConnection', 'RegistrationEdge', 'RegistrationEligibility'),
  ...carriers('RegisterForEventPayload', 'CancelRegistrationPayload', 'SoldOutError'),
};

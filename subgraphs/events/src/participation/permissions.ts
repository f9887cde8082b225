import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import { servesRegistrations } from './rules.js';
import { userIds } from '../ids.js';
import type { EventModel, UserModel } from '../models.js';

const organizer = permission<EventModel>(
  'organizer',
  ({ parent, context }) => maySteer(context.viewer, parent) || servesRegistrations(context.viewer),
);
const self = permission<UserModel>(
  'self',
  ({ parent, context }) => context.viewer !== null && userIds.encode(context.viewer.id) === parent.id,
);

const own = ['id', 'event', 'user', 'status', 'guests', 'places', 'confirmedAt', 'cancelledAt', 'decidedAt'];

/** Which registrations a viewer reaches by id is decided by loaders.ts, inside the query. */
export const permissions: PermissionMap = {
  Mutation: {
    registerForEvent: authenticated,
    updateRegistration: authenticated,
    cancelRegistration: authenticated,
    setEventInterest: authenticated,
  },
  Event: {
    viewerEligibility: anyone,
    viewerRegistration: anyone,
    interestedCount: anyone,
    registrations: organizer,
  },
  User: { registrations: self },
  Registration: Object.fromEntries(own.map((field) => [field, anyone])),
  ...carriers('RegistrationConnection', 'RegistrationEdge', 'RegistrationEligibility', 'SoldOutError'),
  ...carriers('RegisterForEventPayload', 'UpdateRegistrationPayload', 'CancelRegistrationPayload'),
  ...carriers('SetEventInterestPayload'),
};

import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import type { Context } from '../context.js';
import type { RegistrationModel } from '../models.js';

/** Not for everybody who sees a registration: a program that serves participants sees no answers. */
const personOrOrganizer = permission<RegistrationModel, unknown, Context>(
  'personOrOrganizer',
  async ({ parent, context: { viewer, loaders } }) => {
    if (viewer?.kind !== 'person') return false;
    if (viewer.id === parent.userId) return true;
    const event = await loaders.event.load(parent.eventId);
    return event !== null && maySteer(viewer, event);
  },
);

export const permissions: PermissionMap = {
  Mutation: { setRegistrationSettings: authenticated },
  Event: { registrationSettings: anyone },
  Registration: { answers: personOrOrganizer },
  ...carriers('RegistrationSettings', 'RegistrationQuestion', 'RegistrationAnswer'),
  ...carriers('SetRegistrationSettingsPayload'),
};

import { carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import type { EventModel } from '../models.js';

const host = permission<EventModel>('readsInsights', ({ parent, context }) =>
  maySteer(context.viewer, parent),
);

/** For the organizer and co-hosts. */
export const permissions: PermissionMap = {
  Event: { insights: host },
  ...carriers('EventInsights', 'RegistrationDay'),
};

import { anyone, carriers, permission, type PermissionMap, type Viewer } from '@diaspora/kit';
import type { RegistrationModel, TicketModel } from '../models.js';

/** Not for whoever impersonates the person: the code lets them in. */
const isInPerson = (viewer: Viewer | null, holderId: string): boolean =>
  viewer?.kind === 'person' && viewer.impersonatorId === undefined && viewer.id === holderId;

const registered = permission<RegistrationModel>('registeredInPerson', ({ parent, context }) =>
  isInPerson(context.viewer, parent.userId),
);
const holder = permission<TicketModel>('holderInPerson', ({ parent, context }) =>
  isInPerson(context.viewer, parent.holderId),
);

export const permissions: PermissionMap = {
  Query: { checkInKeys: anyone },
  Registration: { checkInCode: registered },
  Ticket: { checkInCode: holder },
  ...carriers('CheckInKey', 'CheckInCode'),
};

import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { registrationIds } from '../ids.js';

const decide =
  (decision: 'approve' | 'decline') =>
  async ({ registrationId }: { registrationId: string }, { viewer, services, loaders }: Context) => {
    const id = registrationIds.decode(registrationId);
    const registration = await services.approval[decision](viewer!, id);
    loaders.event.clear(registration.eventId);
    loaders.freePlaces.clear(registration.eventId);
    return { registration };
  };

export const resolvers: Resolvers = {
  Mutation: {
    approveRegistration: mutation(decide('approve')),
    declineRegistration: mutation(decide('decline')),
  },
};

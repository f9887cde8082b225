import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, questionIds } from '../ids.js';
import { usualSettings } from './rules.js';

export const resolvers: Resolvers = {
  Mutation: {
    setRegistrationSettings: mutation(async ({ eventId, ...input }, { viewer, services, loaders }) => {
      const id = eventIds.decode(eventId);
      const event = await services.registrationForm.change(viewer!, id, input);
      loaders.registrationSettings.clear(id);
      loaders.questions.clear(id);
      return { event };
    }),
  },
  Event: {
    registrationSettings: async (event, _args, { loaders }) => ({
      ...((await loaders.registrationSettings.load(event.id)) ?? usualSettings),
      eventId: event.id,
    }),
  },
  RegistrationSettings: {
    questions: ({ eventId }, _args, { loaders }) => loaders.questions.load(eventId),
  },
  RegistrationQuestion: { id: ({ id }) => questionIds.encode(id) },
  Registration: { answers: ({ id }, _args, { loaders }) => loaders.answers.load(id) },
};

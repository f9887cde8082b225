import { mutation, type Viewer } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';

const isSuperUser = (viewer: Viewer | null) => viewer?.roles.includes('SUPER_USER') ?? false;

export const resolvers: Resolvers = {
  Query: {
    platformSettings: (_parent, _args, { services }) => services.platform.settings(),
  },
  Mutation: {
    updatePlatformSettings: mutation(async (input, { viewer, services }) => ({
      settings: await services.platform.update(viewer!.id, input),
    })),
  },
  PlatformSettings: {
    auditYears: ({ auditYears }, _args, { viewer }) => (isSuperUser(viewer) ? auditYears : null),
    changedBy: ({ changedBy }, _args, { viewer, loaders }) =>
      changedBy && isSuperUser(viewer) ? loaders.profile.load(changedBy) : null,
  },
};

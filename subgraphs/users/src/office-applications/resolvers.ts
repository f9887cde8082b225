import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { applicationIds } from '../ids.js';

const oldestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'asc', type: 'date' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    officeApplications: async (_parent, { status, ...args }, { viewer, services }) => {
      const page = parsePage(args, oldestFirst);
      return toConnection(await services.applications.listToDecide(viewer!.id, status ?? null, page), page);
    },
    viewerOfficeApplications: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.applications.listOf(viewer!.id, page), page);
    },
  },
  Mutation: {
    applyForOffice: changing(async (input, { viewer, services }) => ({
      application: await services.applications.apply(viewer!.id, input),
    })),
    withdrawApplication: changing(async ({ applicationId }, { viewer, services }) => ({
      application: await services.applications.withdraw(viewer!.id, applicationIds.decode(applicationId)),
    })),
    approveApplication: changing(async ({ applicationId, ...input }, { viewer, services }) => ({
      application: await services.applications.approve(
        viewer!.id,
        applicationIds.decode(applicationId),
        input,
      ),
    })),
    declineApplication: changing(async ({ applicationId, ...input }, { viewer, services }) => ({
      application: await services.applications.decline(
        viewer!.id,
        applicationIds.decode(applicationId),
        input,
      ),
    })),
  },
  OfficeApplication: {
    id: (application) => applicationIds.encode(application.id),
    applicant: (application, _args, { loaders }) => loaders.profile.load(application.applicantId),
    decider: ({ deciderId }, _args, { loaders }) => (deciderId ? loaders.profile.load(deciderId) : null),
    office: ({ officeId }, _args, { loaders }) => (officeId ? loaders.office.load(officeId) : null),
  },
};

import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { dataExportIds, erasureIds } from '../ids.js';
import { allParts, erasureStatus } from './rules.js';

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

const progress = ({ parts }: { parts: readonly Parameters<typeof allParts>[0][number][] }) => ({
  done: parts.length,
  total: allParts(parts).length,
  unit: 'subgraphs',
});

export const resolvers: Resolvers = {
  Query: {
    dataExport: (_parent, { id }, { viewer, services }) =>
      services.dataExports.find(viewer!.id, dataExportIds.decode(id)),
    dataExports: (_parent, _args, { viewer, services }) => services.dataExports.list(viewer!.id),
    erasure: (_parent, _args, { viewer, services }) => services.erasures.findOpen(viewer!.id),
    erasureStatus: (_parent, { id }, { viewer, services }) =>
      services.erasures.find(viewer!, erasureIds.decode(id)),
    erasures: async (_parent, args, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.erasures.list(page), page);
    },
  },
  Mutation: {
    requestDataExport: mutation(async (input, { viewer, services, origin }) => ({
      dataExport: await services.dataExports.request(viewer!, input, origin),
    })),
    cancelDataExport: mutation(async ({ dataExportId }, { viewer, services }) => ({
      dataExport: await services.dataExports.cancel(viewer!.id, dataExportIds.decode(dataExportId)),
    })),
    requestErasure: changing(async (input, { viewer, services, origin }) => ({
      erasure: await services.erasures.request(viewer!, input, origin),
    })),
    cancelErasure: changing(async ({ erasureId }, { viewer, services }) => ({
      erasure: await services.erasures.cancel(viewer!.id, erasureIds.decode(erasureId)),
    })),
  },
  User: {
    isErased: async ({ accountId }, _args, { loaders }) =>
      (await loaders.account.load(accountId))?.erasedAt != null,
  },
  DataExport: {
    id: ({ id }) => dataExportIds.encode(id),
    status: (dataExport, _args, { services }) => services.dataExports.statusOf(dataExport),
    progress,
    startedAt: ({ createdAt }) => createdAt,
    finishedAt: (dataExport, _args, { services }) =>
      dataExport.cancelledAt ??
      dataExport.completedAt ??
      (services.dataExports.statusOf(dataExport) === 'FAILED' ? dataExport.expiresAt : null),
    error: (dataExport, _args, { services }) =>
      services.dataExports.statusOf(dataExport) === 'FAILED'
        ? { code: 'INTERNAL', message: 'Not all parts came in time. Ask for another export.' }
        : null,
    parts: ({ parts }) => allParts(parts),
    downloadUrl: (dataExport, _args, { services }) => services.dataExports.linkTo(dataExport),
  },
  Erasure: {
    id: ({ id }) => erasureIds.encode(id),
    status: (erasure) => erasureStatus(erasure),
    progress,
    startedAt: ({ begunAt }) => begunAt,
    finishedAt: ({ cancelledAt, completedAt }) => cancelledAt ?? completedAt,
    error: () => null,
    user: async ({ personId }, _args, { loaders }) => (await loaders.profile.load(personId))!,
    refusal: ({ refusalCode, refusalMessage }) =>
      refusalCode === null ? null : { code: refusalCode, message: refusalMessage ?? '' },
    parts: ({ parts }) => allParts(parts),
  },
};

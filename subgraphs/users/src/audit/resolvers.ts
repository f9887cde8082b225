import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { AuditFilter as AuditFilterInput, Resolvers } from '../__generated__/schema.js';
import { auditEntryIds, userIds } from '../ids.js';
import { mayPersonSeeOrigin } from './rules.js';

const newestFirst: SortKey[] = [
  { field: 'occurredAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

const keysIn = ({ actorId, personId, ...filter }: AuditFilterInput) => ({
  ...filter,
  actorId: actorId == null ? null : userIds.decode(actorId),
  personId: personId == null ? null : userIds.decode(personId),
});

export const resolvers: Resolvers = {
  Query: {
    auditEntries: async (_parent, { filter, ...args }, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.auditTrail.list(viewer!, keysIn(filter ?? {}), page), page);
    },
    auditChainStatus: (_parent, _args, { services }) => services.auditTrail.chainStatus(),
  },
  User: {
    securityEvents: async (profile, args, { viewer, services }) => {
      if (viewer?.id !== profile.accountId) return null;
      const page = parsePage(args, newestFirst);
      return toConnection(await services.auditTrail.listSecurityEvents(profile.accountId, page), page);
    },
  },
  AuditEntry: {
    id: (entry) => auditEntryIds.encode(entry.id),
    actor: (entry) => entry,
    subject: ({ subjectType: type, subjectId: id }) => ({ type, id }),
    person: ({ personId }, _args, { loaders }) => (personId ? loaders.profile.load(personId) : null),
    origin: ({ origin }, _args, { viewer }) => (viewer?.roles.includes('SUPER_USER') ? origin : null),
  },
  AuditActor: {
    kind: ({ actorKind }) => actorKind,
    person: ({ actorKind, actorId }, _args, { loaders }) =>
      actorKind === 'PERSON' && actorId ? loaders.profile.load(actorId) : null,
    onBehalfOf: ({ onBehalfOfId }, _args, { loaders }) =>
      onBehalfOfId ? loaders.profile.load(onBehalfOfId) : null,
  },
  AuditChainStatus: {
    isIntact: ({ faults }) => faults.length === 0,
    brokenAt: ({ faults }) => (faults[0] ? BigInt(faults[0].sequence) : null),
  },
  SecurityEvent: {
    id: (entry) => auditEntryIds.encode(entry.id),
    isOwn: ({ actorId, personId }) => actorId === personId,
    reason: ({ change }) => change?.reason ?? null,
    origin: (entry) => (mayPersonSeeOrigin(entry) ? entry.origin : null),
  },
};

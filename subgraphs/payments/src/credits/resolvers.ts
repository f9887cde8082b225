import { AppError, mutation, parsePage, toConnection, type SortKey, type Viewer } from '@diaspora/kit';
import type { CreditOperation, Resolvers } from '../__generated__/schema.js';
import { creditEntryIds, creditReservationIds, userIds } from '../ids.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

/** People ask about their own credits only. */
function askedFor(viewer: Viewer, userId: string | null | undefined): string {
  const asked = userId == null ? null : userIds.decode(userId);
  if (viewer.kind === 'service') {
    if (asked === null) throw new AppError('INVALID_INPUT', 'Say whose credits.', { path: ['userId'] });
    return asked;
  }
  if (asked !== null && asked !== viewer.id) throw new AppError('FORBIDDEN', 'These are not your credits.');
  return viewer.id;
}

export const resolvers: Resolvers = {
  Query: {
    creditQuote: (_parent, { userId, operation, units }, { viewer, services }) =>
      services.credits.quote({ userId: askedFor(viewer!, userId), operation, units }),
    creditReservation: (_parent, { id }, { loaders }) => {
      const key = creditReservationIds.find(id);
      return key === null ? null : loaders.creditReservation.load(key);
    },
  },
  Mutation: {
    reserveCredits: mutation(async ({ userId, ...input }, { viewer, services }) => ({
      reservation: await services.credits.reserve(viewer!.id, { userId: userIds.decode(userId), ...input }),
    })),
    settleCredits: mutation(async ({ reservationId, amount }, { viewer, services }) => ({
      reservation: await services.credits.settle(viewer!.id, creditReservationIds.decode(reservationId), {
        amount,
      }),
    })),
    releaseCredits: mutation(async ({ reservationId }, { viewer, services }) => ({
      reservation: await services.credits.release(viewer!.id, creditReservationIds.decode(reservationId)),
    })),
    grantBonusCredits: mutation(async ({ userId, expiresAt, ...input }, { viewer, services }) => ({
      available: await services.creditGranting.grantBonus(viewer!.id, {
        userId: userIds.decode(userId),
        expiresAt: expiresAt ?? null,
        ...input,
      }),
    })),
  },
  User: {
    creditBalance: ({ id }, _args, { loaders }) => loaders.creditBalance.load(userIds.decode(id)),
    creditHistory: async ({ id }, args, { loaders }) => {
      const page = parsePage(args, newestFirst);
      const lines = await loaders.creditHistory(userIds.decode(id), page);
      return lines && toConnection(lines, page);
    },
  },
  CreditReservation: {
    id: ({ id }) => creditReservationIds.encode(id),
    operation: ({ operation }) => operation as CreditOperation,
    settledAmount: ({ settled }) => settled,
  },
  CreditEntry: {
    id: ({ id }) => creditEntryIds.encode(id),
    grantKind: ({ grant }) => grant?.kind ?? null,
    operation: ({ reservation }) => (reservation?.operation ?? null) as CreditOperation | null,
  },
};

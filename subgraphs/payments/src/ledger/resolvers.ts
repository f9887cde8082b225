import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { userIds } from '../ids.js';
import { maySeeSalesOf } from './loaders.js';

const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    ledgerCheck: (_parent, _args, { services }) => services.books.verify(),
    ledgerAccounts: async (_parent, { type, ...args }, { services }) => {
      const page = parsePage(args, oldestFirst);
      return toConnection(await services.books.list(page, type ?? undefined), page);
    },
  },
  LedgerAccount: {
    provider: ({ type, ownerId }) => (type === 'ORGANIZER_PAYABLE' || ownerId === '' ? null : ownerId),
    seller: ({ type, ownerId }) => (type === 'ORGANIZER_PAYABLE' ? { id: userIds.encode(ownerId) } : null),
    balance: ({ currency, balance }) => ({ currency, amountMinor: balance?.balanceMinor ?? 0n }),
  },
  User: {
    salesBalances: async ({ id }, _args, { viewer, loaders }) => {
      const sellerId = userIds.decode(id);
      if (!maySeeSalesOf(viewer, sellerId)) return null;
      const accounts = await loaders.salesAccounts.load(sellerId);
      return accounts.map(({ currency, balance }) => ({
        currency,
        amountMinor: -(balance?.balanceMinor ?? 0n),
      }));
    },
  },
};

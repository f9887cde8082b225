import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { PaymentMethodKind, PaymentWallet, Resolvers } from '../__generated__/schema.js';
import { paymentMethodIds, userIds } from '../ids.js';
import type { NextAction } from '../providers/index.js';

const newest: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Mutation: {
    addPaymentMethod: mutation(async (input, { viewer, services }) => ({
      paymentMethod: await services.paymentMethods.add(viewer!.id, input),
    })),
    confirmPaymentMethod: mutation(async ({ paymentMethodId }, { viewer, services }) => ({
      paymentMethod: await services.paymentMethods.confirm(
        viewer!.id,
        paymentMethodIds.decode(paymentMethodId),
      ),
    })),
    setDefaultPaymentMethod: mutation(async ({ paymentMethodId }, { viewer, services }) => ({
      paymentMethod: await services.paymentMethods.setDefault(
        viewer!.id,
        paymentMethodIds.decode(paymentMethodId),
      ),
    })),
    removePaymentMethod: mutation(async ({ paymentMethodId }, { viewer, services }) => ({
      paymentMethod: await services.paymentMethods.remove(
        viewer!.id,
        paymentMethodIds.decode(paymentMethodId),
      ),
    })),
  },
  User: {
    paymentMethods: async ({ id }, args, { viewer, services }) => {
      const page = parsePage(args, newest);
      const isSelf = viewer !== null && viewer.id === userIds.decode(id);
      return toConnection(isSelf ? await services.paymentMethods.list(viewer.id, page) : [], page);
    },
  },
  PaymentMethod: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = paymentMethodIds.find(id);
      return key === null ? null : loaders.paymentMethod.load(key);
    },
    id: (method) => paymentMethodIds.encode(method.id),
    kind: (method) => method.kind as PaymentMethodKind | null,
    wallet: (method) => method.wallet as PaymentWallet | null,
    isDefault: ({ isDefault, status }) => isDefault && status === 'ACTIVE',
    nextAction: (method) => method.nextAction as NextAction | null,
    user: (method) => ({ id: userIds.encode(method.userId) }),
  },
};

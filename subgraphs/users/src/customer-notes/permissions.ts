import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whoever is shown a customer is shown its notes; who may change them is decided in service.ts. */
export const permissions: PermissionMap = {
  Mutation: {
    addCustomerNote: authenticated,
    updateCustomerNote: authenticated,
    removeCustomerNote: authenticated,
  },
  Customer: { notes: authenticated },
  ...carriers('CustomerNote', 'CustomerNoteConnection', 'CustomerNoteEdge'),
  ...carriers('CustomerNotePayload', 'RemoveCustomerNotePayload'),
};

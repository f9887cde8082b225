import { anyone, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

/** The books are for super users; of a seller's own account the loader shows them the balance. */
export const permissions: PermissionMap = {
  Query: { ledgerCheck: hasRole('SUPER_USER'), ledgerAccounts: hasRole('SUPER_USER') },
  User: { salesBalances: anyone },
  LedgerAccount: { '*': hasRole('SUPER_USER') },
  ...carriers('LedgerCheck', 'LedgerAccountConnection', 'LedgerAccountEdge'),
};

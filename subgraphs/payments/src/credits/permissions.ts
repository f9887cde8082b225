import { anyone, carriers, hasRole, hasScope, personOr, type PermissionMap } from '@diaspora/kit';

const spender = hasScope('credits:spend');

/** Balances and histories reach resolvers through loaders that keep them to their owner, reservations to their maker. */
export const permissions: PermissionMap = {
  Query: { creditQuote: personOr('credits:spend'), creditReservation: spender },
  Mutation: {
    reserveCredits: spender,
    settleCredits: spender,
    releaseCredits: spender,
    grantBonusCredits: hasRole('SUPER_USER'),
  },
  User: { creditBalance: anyone, creditHistory: anyone },
  CreditReservation: { '*': spender },
  ...carriers('CreditQuote', 'CreditBalance', 'CreditEntry', 'CreditEntryConnection', 'CreditEntryEdge'),
  ...carriers('ReserveCreditsPayload', 'SettleCreditsPayload', 'ReleaseCreditsPayload'),
  ...carriers('GrantBonusCreditsPayload', 'InsufficientCreditsError'),
};

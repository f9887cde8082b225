import { anyone, carriers, hasRole, inPerson, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

/** Coarse gates; whether whoever asks is a super user still is asked of the database. */
export const permissions: PermissionMap = {
  Query: { factorResets: superUser },
  Mutation: {
    openFactorReset: superUser,
    confirmFactorReset: superUser,
    withdrawFactorReset: superUser,
    refuseFactorReset: inPerson,
    refuseFactorResetByKey: anyone,
  },
  Credentials: { factorReset: inPerson },
  ...carriers('FactorReset', 'FactorResetConnection', 'FactorResetEdge'),
  ...carriers('FactorResetPayload', 'RefuseFactorResetPayload', 'RefuseFactorResetByKeyPayload'),
};

import { createRowLoader, type Loader } from '@diaspora/kit';
import type { Account, Profile } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface ProfileLoaders {
  /** Profiles of people who proved their address, by account key. */
  readonly profile: Loader<string, Profile | null>;
  readonly account: Loader<string, Account | null>;
}

export const createProfileLoaders = (db: Db): ProfileLoaders => ({
  profile: createRowLoader(
    (ids) =>
      db.profile.findMany({
        where: { accountId: { in: [...ids] }, account: { emailVerifiedAt: { not: null } } },
      }),
    (profile) => profile.accountId,
  ),
  account: createRowLoader(
    (ids) => db.account.findMany({ where: { id: { in: [...ids] } } }),
    (account) => account.id,
  ),
});

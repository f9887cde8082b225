import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Account, Profile } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { asShown } from './rules.js';

export interface ProfileLoaders {
  /** Profiles of people who proved their address, by account key; of the erased, what stands in for them. */
  readonly profile: Loader<string, Profile | null>;
  readonly account: Loader<string, Account | null>;
}

export const createProfileLoaders = (db: Db, viewer: Viewer | null): ProfileLoaders => ({
  profile: createRowLoader(
    async (ids) => {
      const profiles = await db.profile.findMany({
        where: {
          accountId: { in: [...ids] },
          account: { OR: [{ emailVerifiedAt: { not: null } }, { erasedAt: { not: null } }] },
        },
      });
      return viewer?.roles.includes('SUPER_USER') ? profiles : profiles.map(asShown);
    },
    (profile) => profile.accountId,
  ),
  account: createRowLoader(
    (ids) => db.account.findMany({ where: { id: { in: [...ids] } } }),
    (account) => account.id,
  ),
});

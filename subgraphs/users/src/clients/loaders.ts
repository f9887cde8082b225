import { createGroupLoader, createRowLoader, type Loader } from '@diaspora/kit';
import type { ServiceAccount, ServiceSecret } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

/** For whoever permissions.ts lets see them. */
export interface ClientLoaders {
  readonly serviceAccount: Loader<string, ServiceAccount | null>;
  /** Secrets of an account, newest first. */
  readonly serviceSecrets: Loader<string, ServiceSecret[]>;
}

export const createClientLoaders = (db: Db): ClientLoaders => ({
  serviceAccount: createRowLoader(
    (ids) => db.serviceAccount.findMany({ where: { id: { in: [...ids] } } }),
    (account) => account.id,
  ),
  serviceSecrets: createGroupLoader(
    (ids) =>
      db.serviceSecret.findMany({
        where: { serviceAccountId: { in: [...ids] } },
        orderBy: { id: 'desc' },
      }),
    (secret) => secret.serviceAccountId,
  ),
});

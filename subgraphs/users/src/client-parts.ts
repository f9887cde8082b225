import { onJob, type SigningKeys } from '@diaspora/kit';
import type { Express } from 'express';
import type { Attempts } from './budgets/index.js';
import {
  clientRoutes,
  clientsSlice,
  createApiKeys,
  createClientLoaders,
  createServiceAccounts,
  createServiceTokens,
} from './clients/index.js';
import type { Foundation } from './dependencies.js';
import { announceServiceEpoch } from './jobs.js';
import type { Sessions } from './sessions/index.js';

interface Dependencies extends Foundation {
  readonly attempts: Attempts;
  readonly keys: SigningKeys;
  readonly announceEnd: Sessions['announceEnd'];
}

export type ClientParts = ReturnType<typeof composeClients>;

/** Programs: service accounts and keys of partners, put together. */
export function composeClients({ config, ...dependencies }: Dependencies) {
  const { db } = dependencies;
  const services = {
    serviceAccounts: createServiceAccounts(dependencies),
    apiKeys: createApiKeys(dependencies),
  };
  const tokens = createServiceTokens({
    ...dependencies,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    lifetimeSeconds: config.ACCESS_TOKEN_SECONDS,
  });
  const routes = clientRoutes({ tokens, apiKeys: services.apiKeys, viewerSecret: config.VIEWER_SECRET });
  return {
    services,
    slices: [clientsSlice],
    createLoaders: () => createClientLoaders(db),
    jobs: onJob(announceServiceEpoch, services.serviceAccounts.announceEpoch),
    routes: (app: Express): void => routes(app),
    /** Each night. */
    forget: services.serviceAccounts.forget,
  };
}

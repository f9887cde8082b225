import { onJob, type Audit, type Clock, type Revocations, type SigningKeys } from '@diaspora/kit';
import type { Express } from 'express';
import type { Attempts } from './budgets/index.js';
import {
  clientRoutes,
  clientsSlice,
  createApiKeys,
  createClientLoaders,
  createServiceAccounts,
  createServiceTokens,
  type ApiKeys,
  type ClientLoaders,
  type ServiceAccounts,
} from './clients/index.js';
import type { UsersConfig } from './config.js';
import type { Db } from './database.js';
import { announceServiceEpoch } from './jobs.js';

export interface ClientServices {
  readonly serviceAccounts: ServiceAccounts;
  readonly apiKeys: ApiKeys;
}

export type ClientPartLoaders = ClientLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly keys: SigningKeys;
  readonly revocations: Revocations;
  readonly announceEnd: (id: string) => Promise<boolean>;
  readonly config: Pick<
    UsersConfig,
    'ACCESS_TOKEN_SECONDS' | 'JWT_AUDIENCE' | 'JWT_ISSUER' | 'VIEWER_SECRET'
  >;
}

/** Programs: service accounts and keys of partners, put together. */
export function composeClients({ config, ...dependencies }: Dependencies) {
  const { db } = dependencies;
  const services: ClientServices = {
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
    createLoaders: (): ClientPartLoaders => createClientLoaders(db),
    jobs: onJob(announceServiceEpoch, services.serviceAccounts.announceEpoch),
    routes: (app: Express): void => routes(app),
    /** Each night. */
    forget: services.serviceAccounts.forget,
  };
}

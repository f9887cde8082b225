import {
  createCache,
  createRevocations,
  type Clock,
  type Logger,
  type RedisConnection,
  type Revocations,
} from '@diaspora/kit/core';
import { createApiKeys } from './access/api-keys.js';
import { createAutomaticDocuments } from './access/documents/automatic.js';
import { createChooseDocument } from './access/documents/choose-document.js';
import type { ChooseDocument } from './access/documents/document.js';

import { createManifests } from './access/documents/manifests.js';
import { createIdentify, type Identify } from './access/identify.js';
import { rememberTokens } from './access/remember-tokens.js';
import { createRemoteApiKeys, firstOf } from './access/remote-api-keys.js';
import { createRemoteKeys, type RemoteKeys } from './access/remote-keys.js';
import { createTokenCaller, type TokenCaller } from './access/token-caller.js';
import { createVerifyToken } from './access/verify-token.js';
import type { RouterConfig } from './config.js';

export interface AccessParts {
  readonly config: RouterConfig;
  readonly redis: RedisConnection | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who may come in, and with which documents: what is the same for every version of the supergraph. */
export interface Access {
  readonly identify: Identify;
  readonly chooseDocument: ChooseDocument;
  /** Of the issuer of access tokens. */
  readonly keys: RemoteKeys | undefined;
  /** Documents that clients are known to send. */
  persistedDocuments(): readonly string[];
  /** Reads keys and manifests again. */
  reload(): Promise<unknown>;
  stop(): void;
}

/** Rejects with one clear line when keys or manifests cannot be read. */
export async function createAccess({ config, redis, clock, log }: AccessParts): Promise<Access> {
  const keys = config.JWKS_URL === undefined ? undefined : createRemoteKeys({ url: config.JWKS_URL, log });
  const apiKeys =
    config.API_KEYS === undefined ? undefined : await createApiKeys({ path: config.API_KEYS, clock, log });
  const manifests =
    config.PERSISTED_DOCUMENTS === undefined
      ? undefined
      : await createManifests({ path: config.PERSISTED_DOCUMENTS, log });
  const cache =
    config.APQ_REDIS && redis ? createCache({ redis, namespace: config.REDIS_NAMESPACE, log }) : undefined;
  const automatic = createAutomaticDocuments({ classes: config.APQ, bytes: config.APQ_BYTES, cache });
  const revocations = redis && createRevocations({ redis, namespace: config.REDIS_NAMESPACE, clock });
  const tokenCaller = keys && revocations && createTokens({ config, revocations, keys, clock });
  const { API_KEYS_URL: url, VIEWER_SECRET: viewerSecret, RATE_LIMIT_TIERS: tiers } = config;
  const remoteKeys =
    url !== undefined && viewerSecret !== undefined && revocations
      ? createRemoteApiKeys({ url, viewerSecret, revocations, tiers, clock, log })
      : undefined;
  return {
    identify: createIdentify({ tokenCaller, apiKeys: firstOf(apiKeys, remoteKeys), log }),
    chooseDocument: createChooseDocument({
      modes: config.PERSISTED_DOCUMENTS_MODE,
      manifests,
      automatic,
      log,
    }),
    keys,
    persistedDocuments: () => manifests?.texts() ?? [],
    reload: () => Promise.all([apiKeys?.reload(), manifests?.reload()]),
    stop: () => {
      apiKeys?.stop();
      manifests?.stop();
    },
  };
}

interface TokenParts {
  readonly config: RouterConfig;
  readonly revocations: Revocations;
  readonly keys: RemoteKeys;
  readonly clock: Clock;
}

/** People by their access tokens. */
function createTokens({ config, revocations, keys, clock }: TokenParts): TokenCaller {
  const { JWT_ISSUER: issuer = '', JWT_AUDIENCE: audience = '' } = config;
  return createTokenCaller({
    verify: rememberTokens(createVerifyToken({ keys, issuer, audience, clock }), { clock }),
    revocations,
    clock,
  });
}

import { fileURLToPath } from 'node:url';
import { ConfigError, flag, list, loadConfig, logLevel, port, secret, url } from '@diaspora/kit/core';
import { z } from 'zod';
import { accessSettings } from './access/settings.js';
import { limitSettings } from './limits/settings.js';
import { observeSettings } from './observe/settings.js';
import { planningSettings } from './plan/worker/settings.js';
import { subgraphSettings } from './subgraphs/settings.js';
import { subscriptionSettings } from './subscriptions/settings.js';

const defaultSupergraph = fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url));

const atLeastOne = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

const isHttp = (value: string | undefined) =>
  value !== undefined && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/** `users=http://127.0.0.1:4001,events=http://127.0.0.1:4002` */
const subgraphUrls = () =>
  list().transform((pairs, context) => {
    const urls: Record<string, string> = {};
    for (const pair of pairs) {
      const [, name, address] = /^([\w-]+)=(.+)$/.exec(pair) ?? [];
      if (name && isHttp(address)) urls[name] = address!;
      else context.addIssue({ code: 'custom', message: `"${pair}" must look like users=http://host:port` });
    }
    return urls;
  });

const origins = () =>
  list().refine((values) => values.every((value) => isHttp(value) && new URL(value).origin === value), {
    message: 'must be origins such as https://app.example.org, separated by commas',
  });

const headerNames = () =>
  list()
    .transform((names) => names.map((name) => name.toLowerCase()))
    .refine((names) => names.every((name) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name)), {
      message: 'must be names of headers, separated by commas',
    });

/** Every setting of the router: a variable of the environment, and an option of the command line (`--port 4000`). */
export const settings = {
  PORT: port().default(4000).describe('Port to listen on'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all of the machine'),
  SUPERGRAPH: z
    .string()
    .default(defaultSupergraph)
    .describe('File of the composed schema; read again when it changes, and on SIGHUP'),
  SUBGRAPH_URLS: subgraphUrls()
    .default({})
    .describe('users=http://host:port,events=...: instead of the routing URLs in the supergraph'),
  VIEWER_SECRET: secret()
    .optional()
    .describe('Signs who asks in the header that subgraphs get; without it they get none'),
  FORWARD_HEADERS: headerNames()
    .default([])
    .describe('Headers of clients that subgraphs get too, such as authorization'),
  REDIS_URL: url('redis', 'rediss')
    .optional()
    .describe('Where revoked sessions are known; wanted with JWKS_URL'),
  REDIS_NAMESPACE: z.string().default('diaspora').describe('Prefix of all keys in Redis'),
  REQUEST_TIMEOUT_MS: atLeastOne(30_000).describe('Until a client gets its answer, with whatever there is'),
  RECEIVE_TIMEOUT_MS: atLeastOne(30_000).describe('Until a client must have sent its whole request'),
  MAX_BODY_BYTES: atLeastOne(1_000_000).describe('Size of a request body, decompressed'),
  DEDUPE_REQUESTS: flag()
    .default(false)
    .describe('Execute equal queries of one caller that are in flight together once'),
  COMPRESSION: z
    .enum(['none', 'gzip', 'br'])
    .default('none')
    .describe('Of answers, for clients that accept it; better done by a proxy in front'),
  OPERATION_CACHE_SIZE: atLeastOne(2_000).describe('Documents that stay parsed, planned and compiled'),
  WARM_OPERATIONS: z.coerce
    .number()
    .int()
    .min(0)
    .default(200)
    .describe('Of the most used operations so many are prepared before a new supergraph takes over'),
  METRICS_TOKEN: secret()
    .optional()
    .describe("Opens /metrics; without it they are open where HOST is this machine's own, and nowhere else"),
  CORS_ORIGINS: origins().default([]).describe('Origins whose pages may call the router'),
  INTROSPECTION: flag()
    .optional()
    .describe('Answer questions about the schema; on where there is no JWKS_URL, else off'),
  LANDING: z
    .enum(['graphiql', 'sandbox', 'none'])
    .default('none')
    .describe("What a browser that opens /graphql sees; sandbox loads from Apollo's site"),
  LOG_LEVEL: logLevel().default('info').describe('What is logged'),
  ...accessSettings,
  ...limitSettings,
  ...planningSettings,
  ...subgraphSettings,
  ...subscriptionSettings,
  ...observeSettings,
};

export type RouterConfig = Omit<z.output<z.ZodObject<typeof settings>>, 'INTROSPECTION'> & {
  readonly INTROSPECTION: boolean;
};

/** What telling people apart takes; with half of it the router would look closed and not be. */
const identitySettings = ['JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE', 'VIEWER_SECRET'] as const;

/**
 * Reads the router's settings. Throws one ConfigError naming every fault. With none of the settings of identity the
 * router is open: everybody is anonymous, subgraphs get no signature, and introspection is answered.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): RouterConfig {
  const config = loadConfig(settings, env);
  const isOpen = identitySettings.every((name) => config[name] === undefined);
  const faults: string[] = [];
  if (!isOpen) {
    const missing = [...identitySettings, 'REDIS_URL' as const].filter((name) => config[name] === undefined);
    const given = identitySettings.find((name) => config[name] !== undefined)!;
    if (missing.length > 0) faults.push(`${missing.join(', ')}: wanted beside ${given}`);
  }
  if (
    config.API_KEYS_URL !== undefined &&
    (config.VIEWER_SECRET === undefined || config.REDIS_URL === undefined)
  ) {
    faults.push('VIEWER_SECRET, REDIS_URL: wanted beside API_KEYS_URL');
  }
  if (config.REDIS_URL === undefined && (config.RATE_LIMIT_STORE === 'redis' || config.APQ_REDIS)) {
    faults.push('REDIS_URL: wanted by RATE_LIMIT_STORE=redis and by APQ_REDIS');
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return { ...config, INTROSPECTION: config.INTROSPECTION ?? isOpen };
}

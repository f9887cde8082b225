import { fileURLToPath } from 'node:url';
import { flag, list, loadConfig, logLevel, port, secret, url } from '@diaspora/kit';
import { z } from 'zod';

const defaultSupergraph = fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url));

const limit = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

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

const shape = {
  PORT: port().default(4000),
  HOST: z.string().default('127.0.0.1'),
  SUPERGRAPH: z.string().default(defaultSupergraph),
  /** Overrides of the routing URLs in the supergraph. */
  SUBGRAPH_URLS: subgraphUrls().default({}),
  SUBGRAPH_TIMEOUT_MS: limit(10_000),
  JWKS_URL: url('http', 'https'),
  JWT_ISSUER: z.string(),
  JWT_AUDIENCE: z.string(),
  VIEWER_SECRET: secret(),
  REDIS_URL: url('redis', 'rediss'),
  REDIS_NAMESPACE: z.string().default('diaspora'),
  /** Opens /metrics; without it they are open where HOST is this machine's own, and nowhere else. */
  METRICS_TOKEN: secret().optional(),
  CORS_ORIGINS: origins().default([]),
  INTROSPECTION: flag().default(false),
  /** What a browser that opens /graphql sees. `sandbox` loads from Apollo's site. */
  LANDING: z.enum(['graphiql', 'sandbox', 'none']).default('none'),
  LOG_LEVEL: logLevel().default('info'),
  MAX_BODY_BYTES: limit(1_000_000),
  MAX_DOCUMENT_BYTES: limit(100_000),
  MAX_TOKENS: limit(5_000),
  MAX_DEPTH: limit(15),
  MAX_ALIASES: limit(30),
  MAX_ROOT_FIELDS: limit(20),
};

export type RouterConfig = z.output<z.ZodObject<typeof shape>>;

/** Reads the router's settings. Throws one ConfigError naming every fault. */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): RouterConfig =>
  loadConfig(shape, env);

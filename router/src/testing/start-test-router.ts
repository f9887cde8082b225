import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectRedis,
  createLogger,
  createRevocations,
  type RedisConnection,
  type Revocations,
} from '@diaspora/kit/core';
import { createRouter, readConfig, type RouterConfig, type RunningRouter } from '../router.js';
import { startIssuer, type Issuer } from './issuer.js';
import { startTinySupergraph, type TinySupergraph } from './tiny-subgraphs.js';

export const viewerSecret = 'a secret of the router tests, long enough';
export const allowedOrigin = 'https://app.example.org';

export interface TestRouter {
  readonly router: RunningRouter;
  readonly supergraph: TinySupergraph;
  /** The file of its SDL. */
  readonly supergraphPath: string;
  readonly issuer: Issuer;
  readonly redis: RedisConnection;
  /** What the users service would use to end sessions. */
  readonly revocations: Revocations;
  /** Every log line, parsed. */
  readonly logged: Record<string, unknown>[];
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  query(query: string, options?: QueryOptions): Promise<QueryResult>;
  stop(): Promise<void>;
}

export interface QueryOptions {
  readonly token?: string;
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

export interface QueryResult {
  readonly status: number;
  readonly headers: Headers;
  readonly data: any;
  readonly errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

/** A router over two real subgraphs, a real issuer and a real Redis. */
export async function startTestRouter(
  redisUrl: string,
  overrides: Partial<RouterConfig> = {},
): Promise<TestRouter> {
  const logged: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>),
  };
  const log = createLogger({ name: 'router', level: 'warn', destination });
  const [supergraph, issuer] = await Promise.all([startTinySupergraph(), startIssuer()]);
  const folder = await mkdtemp(join(tmpdir(), 'router-test-'));
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, supergraph.sdl);
  const config = { ...testConfig(redisUrl, issuer, path), PORT: 0, ...overrides };
  const redis = connectRedis({ url: redisUrl, log, name: 'router-test' });
  const router = await createRouter({ config, redis, log });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${router.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    router,
    supergraph,
    supergraphPath: path,
    issuer,
    redis,
    revocations: createRevocations({ redis, namespace: config.REDIS_NAMESPACE }),
    logged,
    post,
    query: async (query, { token, variables, headers } = {}) => {
      const sent = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers };
      const response = await post({ query, variables }, sent);
      const body = (await response.json()) as Pick<QueryResult, 'data' | 'errors'>;
      return { status: response.status, headers: response.headers, ...body };
    },
    stop: async () => {
      await router.stop();
      await Promise.all([supergraph.stop(), issuer.stop(), redis.stop(), rm(folder, { recursive: true })]);
    },
  };
}

const testConfig = (redisUrl: string, issuer: Issuer, supergraphPath: string): RouterConfig =>
  readConfig({
    SUPERGRAPH: supergraphPath,
    JWKS_URL: issuer.url,
    JWT_ISSUER: issuer.name,
    JWT_AUDIENCE: issuer.audience,
    VIEWER_SECRET: viewerSecret,
    REDIS_URL: redisUrl,
    REDIS_NAMESPACE: `test-${randomUUID()}`,
    CORS_ORIGINS: allowedOrigin,
    INTROSPECTION: 'on',
  });

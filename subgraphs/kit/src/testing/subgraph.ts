import type { GraphQLFormattedError } from 'graphql';
import { v7 } from 'uuid';
import type { BaseContext, Subgraph } from '../graphql/define-subgraph.js';
import { createApolloServer } from '../http/server.js';
import { createLogger } from '../logger.js';
import type { Viewer } from '../viewer.js';

export interface TestResult {
  // Answers are asserted field by field; typing each query would say everything twice.

  readonly data: any;
  readonly errors: readonly GraphQLFormattedError[];
  /** `extensions.code` of each error. */
  readonly codes: readonly string[];
}

export interface TestClient {
  execute(query: string, variables?: Record<string, unknown>): Promise<TestResult>;
}

export const silentLog = createLogger({ name: 'test', level: 'silent' });

/** A subgraph behind its real pipeline (validation, shield, error mapping), without a socket. */
export function testSubgraph<Context extends BaseContext>(subgraph: Subgraph<Context>) {
  const server = createApolloServer(subgraph, silentLog);
  let isStarted = false; // by its first operation; ApolloServer refuses to stop before that
  const as = (viewer: Viewer | null): TestClient => ({
    execute: async (query, variables = {}) => {
      const contextValue = subgraph.createContext({ viewer, requestId: v7(), log: silentLog });
      isStarted = true;
      const { body } = await server.executeOperation({ query, variables }, { contextValue });
      if (body.kind !== 'single') throw new Error('incremental answers are not expected here');
      const { data, errors = [] } = body.singleResult;
      // Through JSON, as a client would get it.
      const plain = JSON.parse(JSON.stringify({ data, errors })) as Pick<TestResult, 'data' | 'errors'>;
      return { ...plain, codes: plain.errors.map((error) => String(error.extensions?.['code'])) };
    },
  });
  return {
    as,
    anonymous: as(null),
    schema: subgraph.schema,
    stop: async () => (isStarted ? server.stop() : undefined),
  };
}

/** A viewer with no role and no office unless given. */
export function aViewer(overrides: Partial<Viewer> = {}): Viewer {
  return {
    id: v7(),
    sessionId: v7(),
    roles: ['REGULAR'],
    scopes: [],
    entitlements: [],
    offices: [],
    ...overrides,
  };
}

/** A clock that stands still until moved. */
export function testClock(start = new Date('2026-06-01T12:00:00.000Z')) {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance: (milliseconds: number) => void (now += milliseconds),
  };
}

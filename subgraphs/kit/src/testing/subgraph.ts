import { parse, validate, type GraphQLError, type GraphQLFormattedError } from 'graphql';
import { v7 } from 'uuid';
import type { BaseContext, Subgraph } from '../graphql/define-subgraph.js';
import { presentErrors } from '../graphql/errors.js';
import { createApolloServer } from '../http/server.js';
import { subscribe } from '../http/subscriptions.js';
import { createLogger } from '../logger.js';
import { inOperation } from '../operation.js';
import { unknownOrigin, type Origin, type Viewer } from '../viewer.js';

export interface TestResult {
  // Answers are asserted field by field; typing each query would say everything twice.

  readonly data: any;
  readonly errors: readonly GraphQLFormattedError[];
  /** `extensions.code` of each error. */
  readonly codes: readonly string[];
}

export interface TestClient {
  execute(query: string, variables?: Record<string, unknown>): Promise<TestResult>;
  /** The events of a subscription; refused ones have one result, with errors. `return()` ends it. */
  subscribe(query: string, variables?: Record<string, unknown>): AsyncIterableIterator<TestResult>;
}

export const silentLog = createLogger({ name: 'test', level: 'silent' });

/** A subgraph behind its real pipeline (validation, shield, error mapping), without a socket. */
export function testSubgraph<Context extends BaseContext>(subgraph: Subgraph<Context>) {
  const server = createApolloServer(subgraph, silentLog);
  let isStarted = false; // by its first operation; ApolloServer refuses to stop before that
  const as = (viewer: Viewer | null, origin: Origin = unknownOrigin): TestClient => ({
    subscribe: (query, variables = {}) => {
      const base = { viewer, origin, requestId: v7(), log: silentLog };
      return testResults(start(), base);

      async function start() {
        const document = parse(query);
        const [fault] = validate(subgraph.schema, document);
        if (fault) throw fault;
        return subscribe(subgraph, {
          schema: subgraph.schema,
          document,
          variableValues: variables,
          contextValue: base,
        });
      }
    },
    execute: async (query, variables = {}) => {
      const base = { viewer, origin, requestId: v7(), log: silentLog };
      const contextValue = subgraph.createContext(base);
      isStarted = true;
      const { body } = await inOperation({ cause: 'request', ...base }, () =>
        server.executeOperation({ query, variables }, { contextValue }),
      );
      if (body.kind !== 'single') throw new Error('incremental answers are not expected here');
      return testResult(body.singleResult);
    },
  });
  return {
    as,
    anonymous: as(null),
    schema: subgraph.schema,
    stop: async () => (isStarted ? server.stop() : undefined),
  };
}

/** Through JSON, as a client would get it. */
function testResult({
  data,
  errors = [],
}: {
  data?: unknown;
  errors?: readonly GraphQLFormattedError[];
}): TestResult {
  const plain = JSON.parse(JSON.stringify({ data, errors })) as Pick<TestResult, 'data' | 'errors'>;
  return { ...plain, codes: plain.errors.map((error) => String(error.extensions?.['code'])) };
}

function testResults(
  starting: Promise<Awaited<ReturnType<typeof subscribe>>>,
  base: BaseContext,
): AsyncIterableIterator<TestResult> {
  const present = ({ data, errors }: { data?: unknown; errors?: readonly GraphQLError[] }) =>
    testResult({ data: data ?? null, errors: presentErrors(errors ?? [], base) });
  let isRefused = false;
  const iterator: AsyncIterableIterator<TestResult> = {
    async next() {
      const started = await starting;
      if (Symbol.asyncIterator in started) {
        const { done, value } = (await started.next()) as IteratorResult<{ data?: unknown }>;
        return done ? { done, value: undefined } : { done: false, value: present(value) };
      }
      if (isRefused) return { done: true, value: undefined };
      isRefused = true;
      return { done: false, value: present(started) };
    },
    async return() {
      const started = await starting;
      if (Symbol.asyncIterator in started) await started.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** A viewer with no role and no office unless given. */
export function aViewer(overrides: Partial<Viewer> = {}): Viewer {
  return {
    id: v7(),
    kind: 'person',
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

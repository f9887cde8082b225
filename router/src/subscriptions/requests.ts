import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from '@diaspora/kit/core';
import type { Caller } from '../access/caller.js';
import type { RouterConfig } from '../config.js';
import { createContext, type PipelineContext } from '../context.js';
import { readFault } from '../errors/read-fault.js';
import type { Params } from '../http/read-params.js';
import type { Version, Versions } from '../lifecycle/versions.js';
import type { Observed, Observer } from '../observe/observer.js';
import type { Prepare, Prepared } from '../prepare.js';
import type { Sink } from './sink.js';

/** Whose connection it is: what every operation and every event on it is made for. */
export interface Origin {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly socket: IncomingMessage['socket'];
  readonly caller: Caller;
}

export interface PreparedRequest extends Prepared {
  readonly version: Version;
  readonly observed: Observed;
}

/** The request path, as far as connections that outlive a request need it. */
export interface Requests {
  /** With a deadline, a request id and a signal of its own. */
  contextOf(origin: Origin): PipelineContext;
  /** On the current version of the supergraph. Rejects with what `faultOf` reads. */
  prepare(params: Params, origin: Origin): Promise<PreparedRequest>;
  faultOf(error: unknown, origin: Origin): readonly GraphQLFormattedError[];
  /** What ran while `run` did keeps its version. */
  holding<Result>(run: () => Promise<Result>): Promise<Result>;
  /** The same sink; what becomes of the subscription goes into metrics. */
  counted(sink: Sink): Sink;
  /** Into metrics and spans. */
  observed(observed: Observed, errorCodes: readonly string[]): void;
}

export interface RequestsParts {
  readonly config: Pick<RouterConfig, 'REQUEST_TIMEOUT_MS' | 'FORWARD_HEADERS' | 'TRUSTED_PROXIES'>;
  readonly versions: Versions;
  readonly prepare: Prepare;
  readonly observer: Observer;
  readonly log: Logger;
}

export function createRequests({ config, versions, prepare, observer, log }: RequestsParts): Requests {
  const contextOf = ({ headers, socket, caller }: Origin): PipelineContext => {
    const context = createContext({
      log,
      headers,
      socket,
      trustedProxies: config.TRUSTED_PROXIES,
      deadline: performance.now() + config.REQUEST_TIMEOUT_MS,
      forward: config.FORWARD_HEADERS,
    });
    context.identify(caller);
    return context;
  };

  return {
    contextOf,
    prepare: async (params, origin) => {
      const observed = observer.begin(contextOf(origin), origin.headers);
      const version = versions.current();
      const prepared = await prepare(params, observed, { version, message: origin, accept: () => undefined });
      return { ...prepared, version, observed };
    },
    faultOf: (error, origin) => readFault(error, contextOf(origin)).errors,
    holding: async (run) => {
      const version = versions.hold();
      try {
        return await run();
      } finally {
        versions.release(version);
      }
    },
    counted: (sink) => ({
      next: (result) => {
        observer.event();
        sink.next(result);
      },
      end: (ending) => {
        observer.subscriptionEnded(ending.kind === 'close' ? ending.reason : ending.kind);
        sink.end(ending);
      },
    }),
    observed: (observed, errorCodes) => observer.end(observed, errorCodes),
  };
}

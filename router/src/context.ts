import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { clientAddress, unknownOrigin, type Logger, type Origin, type Viewer } from '@diaspora/kit/core';
import { anonymous, type Caller } from './access/caller.js';
import { chooseRequestId } from './http/request-id.js';
import { readTrace, type TraceContext } from './observe/trace.js';
import type { FetchReport } from './subgraphs/metrics.js';

/** What one request carries through the pipeline, into execution and to the subgraphs. */
export interface RequestContext {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** Who asks; null for an anonymous visitor. */
  readonly viewer: Viewer | null;
  readonly client: Client;
  /**
   * What answers may be shared by: equal only for requests that every subgraph must answer alike. `anonymous`, or a
   * text made of the viewer's claims or of the forwarded headers.
   */
  readonly identity: string;
  /** Where the request came from; subgraphs are told. */
  readonly origin: Origin;
  /** Of the client's headers those that the configuration lets through to subgraphs; names in lower case. */
  readonly forwardedHeaders: Readonly<Record<string, string>>;
  /** When the client must have its answer, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Aborted when the client goes away before its answer is sent. */
  readonly signal: AbortSignal;
  /** Carries request id, trace id and the client's name. */
  readonly log: Logger;
  /** Told of every request to a subgraph once it has ended; present when the request is traced or explained. */
  readonly explain?: (fetch: FetchReport) => void;
}

export interface Client {
  /** As the client calls itself: never trusted for more than a choice between its own manifests. */
  readonly name?: string;
  readonly version?: string;
  /** `partner` by an API key, `firstParty` by a token of a person, else `anonymous`. */
  readonly class: ClientClass;
}

export type ClientClass = 'anonymous' | 'firstParty' | 'partner';

/** Who asks, as far as execution has to know. */
export interface Identity {
  readonly viewer: Viewer | null;
  readonly identity: string;
  readonly client?: Partial<Client>;
}

export interface ContextParts {
  readonly log: Logger;
  /** Names in lower case. */
  readonly headers?: Readonly<IncomingHttpHeaders>;
  /** Without it nobody knows where the request came from. */
  readonly socket?: IncomingMessage['socket'];
  /** See TRUSTED_PROXIES. */
  readonly trustedProxies?: number;
  /** See RequestContext; without it there is none. */
  readonly deadline?: number;
  /** Names of headers, in lower case, that go through to subgraphs. */
  readonly forward?: readonly string[];
}

const nothing: Readonly<Record<string, string>> = Object.freeze({});
const nobody = anonymous();
const longestName = 100;
const longestUserAgent = 256;

/**
 * The context as the pipeline holds it. Tens of thousands are made each second, and most requests never log, abort
 * or open a trace: what is not asked for is not made.
 */
export class PipelineContext implements RequestContext {
  readonly requestId: string;
  readonly deadline: number;
  readonly forwardedHeaders: Readonly<Record<string, string>>;
  caller: Caller;
  client: Client;
  explain?: (fetch: FetchReport) => void;
  readonly #headers: Readonly<IncomingHttpHeaders>;
  readonly #socket: IncomingMessage['socket'] | undefined;
  readonly #trustedProxies: number;
  readonly #root: Logger;
  #trace: TraceContext | undefined;
  #log: Logger | undefined;
  #gone: AbortController | undefined;
  #isGone = false;

  constructor({
    log,
    headers = {},
    socket,
    trustedProxies = 0,
    deadline = Infinity,
    forward = [],
  }: ContextParts) {
    this.requestId = chooseRequestId(headers['x-request-id'] as string | undefined);
    this.deadline = deadline;
    this.forwardedHeaders = forward.length === 0 ? nothing : pick(headers, forward);
    this.caller = forward.length === 0 ? nobody : anonymous(identityOf(this.forwardedHeaders));
    this.client = clientOf(headers);
    this.#headers = headers;
    this.#socket = socket;
    this.#trustedProxies = trustedProxies;
    this.#root = log;
  }

  get viewer(): Viewer | null {
    return this.caller.viewer;
  }

  get origin(): Origin {
    if (this.#socket === undefined) return unknownOrigin;
    const headers = this.#headers;
    return {
      address: clientAddress({ headers, socket: this.#socket }, this.#trustedProxies),
      userAgent: headers['user-agent']?.slice(0, longestUserAgent) ?? null,
    };
  }

  get identity(): string {
    return this.caller.identity;
  }

  get trace(): TraceContext {
    return (this.#trace ??= readTrace(
      this.#headers['traceparent'] as string | undefined,
      this.#headers['tracestate'] as string | undefined,
    ));
  }

  get log(): Logger {
    const { name, version = 'unknown' } = this.client;
    return (this.#log ??= this.#root.child({
      requestId: this.requestId,
      traceId: this.trace.traceId,
      ...(name !== undefined && { client: `${name}@${version}` }),
      ...(this.viewer !== null && { userId: this.viewer.id }),
    }));
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController();
      if (this.#isGone) this.#gone.abort();
    }
    return this.#gone.signal;
  }

  /** The client is gone. */
  abort(): void {
    this.#isGone = true;
    this.#gone?.abort();
  }

  /** From now on the request is this caller's. */
  identify(caller: Caller): void {
    if (caller === this.caller) return;
    this.caller = caller;
    if (caller.client.class !== 'anonymous') this.client = { ...this.client, ...caller.client };
    this.#log = undefined;
  }
}

export const createContext = (parts: ContextParts): PipelineContext => new PipelineContext(parts);

function clientOf(headers: Readonly<IncomingHttpHeaders>): Client {
  const name = headers['apollographql-client-name'] ?? headers['graphql-client-name'];
  if (typeof name !== 'string') return anonymousClient;
  const version = headers['apollographql-client-version'] ?? headers['graphql-client-version'];
  return {
    name: name.slice(0, longestName),
    ...(typeof version === 'string' && { version: version.slice(0, longestName) }),
    class: 'anonymous',
  };
}

const anonymousClient: Client = Object.freeze({ class: 'anonymous' });

function pick(headers: Readonly<IncomingHttpHeaders>, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) picked[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return picked;
}

function identityOf(forwarded: Readonly<Record<string, string>>): string {
  let identity = '';
  for (const name in forwarded) identity += `${name}:${forwarded[name]}\n`;
  return identity === '' ? 'anonymous' : identity;
}

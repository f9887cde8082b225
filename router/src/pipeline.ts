import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '@diaspora/kit/core';
import type { RouterConfig } from './config.js';
import { createContext } from './context.js';
import type { Access } from './create-access.js';
import { formFault, formOutcome, toBytes, type Outcome } from './errors/form-outcome.js';
import { maskErrors } from './errors/mask-errors.js';
import { readFault } from './errors/read-fault.js';
import type { ExecutionResult } from './execution/executable.js';
import { createRespond } from './http/compress.js';
import { createCors } from './http/cors.js';
import { refuseForgery } from './http/csrf.js';
import { createLanding } from './http/landing.js';
import { createReadAccept, type Accepted } from './http/media-types.js';
import { readBody } from './http/read-body.js';
import { readBodyParams, readUrlParams, refuseMediaType, type Params } from './http/read-params.js';
import { notAcceptable, refuseKind, refuseMethod } from './http/refuse.js';
import { createSharingKey } from './http/sharing-key.js';
import { apiHeaders } from './http/security-headers.js';
import type { Version, Versions } from './lifecycle/versions.js';
import type { Observed, Observer } from './observe/observer.js';
import type { Operation } from './operations/operation.js';
import { createInFlight } from './operations/share-in-flight.js';
import type { Prepare, Prepared } from './prepare.js';

export interface PipelineParts {
  readonly config: RouterConfig;
  readonly versions: Versions;
  readonly access: Pick<Access, 'identify'>;
  readonly prepare: Prepare;
  readonly observer: Observer;
  readonly log: Logger;
  /** Sends results that come one after the other; without it there are none over plain HTTP. */
  readonly serveStream?: ServeStream | undefined;
  /** Everything that is not GraphQL. */
  readonly others: RequestListener;
}

export interface Pipeline {
  readonly handle: RequestListener;
  /** From now on answers ask their clients to open another connection, which goes elsewhere. */
  drain(): void;
}

/** Takes over the response; the status is its own to send. `headers`: names and values by turns. */
export type ServeStream = (stream: {
  readonly form: 'event-stream' | 'multipart';
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: readonly string[];
  readonly params: Params;
  readonly prepared: Prepared;
  readonly version: Version;
  readonly observed: Observed;
}) => void;

/** One HTTP request and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly observed: Observed;
  readonly accepted: Accepted;
  /** Of every answer: names and values by turns. */
  readonly headers: string[];
  /** The client has left before its answer. */
  onGone(): void;
}

/** The way of every GraphQL request, from the socket to the answer, top to bottom. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { config, versions, access, prepare, observer, log } = parts;
  const cors = createCors(config.CORS_ORIGINS);
  const landing = createLanding(config.LANDING);
  const respond = createRespond(config.COMPRESSION);
  const readAccept = createReadAccept();
  const sharingKey = createSharingKey(config.FORWARD_HEADERS);
  const inFlight = config.DEDUPE_REQUESTS ? createInFlight(shareBytes) : undefined;
  let isDraining = false;

  return {
    handle: (request, response) => {
      if (!isGraphql(request.url ?? '')) return parts.others(request, response);
      answer(openExchange(request, response)).catch((error: unknown) => {
        log.error({ err: error }, 'a request was not answered');
        response.destroy();
      });
    },
    drain: () => void (isDraining = true),
  };

  /** Request id, trace, deadline, and what happens when the client leaves. */
  function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
    const { headers } = request;
    const deadline = performance.now() + config.REQUEST_TIMEOUT_MS;
    const context = createContext({
      log,
      headers,
      socket: request.socket,
      trustedProxies: config.TRUSTED_PROXIES,
      deadline,
      forward: config.FORWARD_HEADERS,
    });
    const observed = observer.begin(context, headers);
    const accepted = readAccept(headers.accept);
    const common = ['x-request-id', context.requestId, ...apiHeaders, ...cors.headers(headers.origin)];
    const exchange: Exchange = {
      request,
      response,
      observed,
      accepted,
      headers: common,
      onGone: () => context.abort(),
    };
    response.on('close', () => {
      if (!response.writableFinished) exchange.onGone();
    });
    return exchange;
  }

  /** Answers once, whatever happens on the way. */
  async function answer(exchange: Exchange): Promise<void> {
    const { request, response, observed, accepted, headers } = exchange;
    const { context } = observed;
    if (request.method === 'OPTIONS') {
      headers.push(...cors.preflight(request.headers.origin));
      return void response.writeHead(204, headers).end();
    }
    const page = landing(request);
    if (page !== undefined) return respond(request, response, page);

    const outcome = await receive(exchange).catch((error: unknown) => formFault(readFault(error, context)));
    if (outcome === undefined) return; // It is a stream.

    if (isDraining) headers.push('connection', 'close');
    for (const name in outcome.headers) headers.push(name, outcome.headers[name]!);
    const { contentType = 'application/json; charset=utf-8', isLegacy } = accepted;
    const status = isLegacy && outcome.isInDocument ? 200 : outcome.status;
    respond(request, response, {
      status,
      contentType,
      body: outcome.bytes ?? outcome.body,
      isAscii: outcome.isAscii,
      headers,
    });
    // Promises that waited long are collected late, and would keep the text in its thousands of pieces until then.
    outcome.body = '';
    observer.end(observed, outcome.errorCodes);
  }

  /** HTTP to a GraphQL request (https://graphql.github.io/graphql-over-http/draft/). */
  async function receive(exchange: Exchange): Promise<Outcome | undefined> {
    const { request, accepted } = exchange;
    refuseMethod(request);
    if (accepted.contentType === undefined && !mayStream(accepted)) throw notAcceptable();
    refuseForgery(request.headers);
    if (request.method === 'GET') {
      const url = request.url!;
      return share(exchange, url, (alone) => execute(exchange, readUrlParams(url), alone));
    }
    refuseMediaType(request);
    const body = await readBody(request, config.MAX_BODY_BYTES);
    return share(exchange, body, (alone) => execute(exchange, readBodyParams(body), alone));
  }

  /** Where configured, equal queries of one caller that are in flight at the same time are executed once. */
  function share(exchange: Exchange, text: string, run: (alone: () => void) => Promise<Outcome | undefined>) {
    if (inFlight === undefined) return run(() => undefined);
    const { context } = exchange.observed;
    const key = sharingKey(exchange.request, text);
    const { outcome, hasJoined, leave } = inFlight.share(key, run, () => context.abort());
    exchange.onGone = leave;
    if (hasJoined) observer.shared();
    return outcome;
  }

  /** A GraphQL request to its outcome, on the version of the supergraph that is current when it begins. */
  async function execute(
    exchange: Exchange,
    params: Params,
    alone: () => void,
  ): Promise<Outcome | undefined> {
    const { request, observed, accepted } = exchange;
    const { context } = observed;
    context.identify(await access.identify(request.headers, context.identity));
    const version = versions.hold();
    try {
      const prepared = await prepare(params, observed, {
        version,
        message: request,
        accept: (operation) => {
          const streamed = isStreamed(operation, accepted);
          refuseKind(operation, request, streamed);
          if (operation.kind !== 'query' || streamed) alone();
        },
      });
      const { operation, executable, variables, headers } = prepared;
      if (isStreamed(operation, accepted)) return stream(exchange, params, prepared, version);
      const explained = observer.explains(observed, request.headers);
      if (explained === 'plan') return formOutcome(nothing, [], { explain: observer.explanation(observed) });

      const result = await executable.execute({ variables, context });

      const errors = maskErrors(result.errors, context);
      if (result.cost !== undefined) observed.cost = costOf(prepared, result);
      const extensions = explained && { explain: observer.explanation(observed) };
      return { ...formOutcome(result, errors, extensions), headers };
    } finally {
      versions.release(version);
    }
  }

  function isStreamed({ kind }: Operation, accepted: Accepted): boolean {
    return mayStream(accepted) && (kind === 'subscription' || accepted.contentType === undefined);
  }

  function mayStream({ stream: form }: Accepted): boolean {
    return form !== undefined && parts.serveStream !== undefined;
  }

  function stream(exchange: Exchange, params: Params, prepared: Prepared, version: Version): undefined {
    const { accepted, ...rest } = exchange;
    parts.serveStream?.({ ...rest, form: accepted.stream!, params, prepared, version });
  }
}

const shareBytes = (outcome: Outcome | undefined): void => void (outcome && toBytes(outcome));

/** Where the actual cost is counted. */
const costOf = ({ operation, variables }: Prepared, { cost: actual }: ExecutionResult) => ({
  estimated: operation.cost?.estimate(variables).cost,
  actual,
});

const nothing = { data: 'null', isAscii: true };

const isGraphql = (url: string): boolean =>
  url === '/graphql' || url.startsWith('/graphql?') || url.startsWith('/graphql/');

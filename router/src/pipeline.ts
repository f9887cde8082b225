import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '@diaspora/kit';
import { RequestRefused } from './access/refused.js';
import type { RouterConfig } from './config.js';
import { createContext, type PipelineContext } from './context.js';
import type { Access } from './create-access.js';
import { formFault, formOutcome, type Outcome } from './errors/form-outcome.js';
import { maskErrors } from './errors/mask-errors.js';
import { readFault } from './errors/read-fault.js';
import type { Executable } from './execution/executable.js';
import { createCors } from './http/cors.js';
import { refuseForgery } from './http/csrf.js';
import { createLanding } from './http/landing.js';
import { createReadAccept, type Accepted } from './http/media-types.js';
import { readBody } from './http/read-body.js';
import { readBodyParams, readUrlParams, refuseMediaType, type Params } from './http/read-params.js';
import { respond } from './http/respond.js';
import { createSharingKey } from './http/sharing-key.js';
import { apiHeaders } from './http/security-headers.js';
import type { Versions } from './lifecycle/versions.js';
import type { RouterMetrics } from './observe/metrics.js';
import type { Operation } from './operations/operation.js';
import { createInFlight } from './operations/share-in-flight.js';

export interface PipelineParts {
  readonly config: RouterConfig;
  readonly versions: Versions;
  readonly access: Pick<Access, 'identify' | 'chooseDocument'>;
  readonly metrics: RouterMetrics;
  readonly log: Logger;
  /** Everything that is not GraphQL. */
  readonly others: RequestListener;
}

/** One request and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: PipelineContext;
  readonly accepted: Accepted;
  readonly startedAt: number;
  operation?: Operation;
  /** The client has left before its answer. */
  onGone(): void;
}

/** What can be executed, for one caller. */
export interface Prepared {
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly executable: Executable;
}

export interface Pipeline {
  readonly handle: RequestListener;
  /** From now on answers ask their clients to open another connection, which goes elsewhere. */
  drain(): void;
}

/** The way of every GraphQL request, from the socket to the answer, top to bottom. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { config, versions, access, metrics, log } = parts;
  const cors = createCors(config.CORS_ORIGINS);
  const landing = createLanding(config.LANDING);
  const readAccept = createReadAccept();
  const sharingKey = createSharingKey(config.FORWARD_HEADERS);
  const inFlight = config.DEDUPE_REQUESTS ? createInFlight<Outcome>() : undefined;

  let isDraining = false;

  return {
    drain: () => void (isDraining = true),
    handle: (request, response) => {
      if (!isGraphql(request.url ?? '')) return parts.others(request, response);
      void answer(openExchange(request, response));
    },
  };

  function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
    const startedAt = performance.now();
    const context = createContext({
      log,
      headers: request.headers,
      deadline: startedAt + config.REQUEST_TIMEOUT_MS,
      forward: config.FORWARD_HEADERS,
    });
    const accepted = readAccept(request.headers.accept);
    const exchange = { request, response, context, accepted, startedAt, onGone: () => context.abort() };
    response.on('close', () => {
      if (!response.writableFinished) exchange.onGone();
    });
    return exchange;
  }

  /** Answers always, and once. */
  async function answer(exchange: Exchange): Promise<void> {
    const { request, response, context } = exchange;
    const origin = request.headers.origin;
    const headers = [...apiHeaders, ...cors.headers(origin), 'x-request-id', context.requestId];
    if (isDraining) headers.push('connection', 'close');
    if (request.method === 'OPTIONS') {
      return void response.writeHead(204, [...headers, ...cors.preflight(origin)]).end();
    }
    const page = landing(request);
    if (page !== undefined) return respond(response, page);

    const outcome = await receive(exchange).catch((error: unknown) => formFault(readFault(error, context)));

    for (const name in outcome.headers) headers.push(name, outcome.headers[name]!);
    const { contentType = 'application/json; charset=utf-8', isLegacy } = exchange.accepted;
    const status = isLegacy && outcome.isInDocument ? 200 : outcome.status;
    respond(response, { status, contentType, body: outcome.body, isAscii: outcome.isAscii, headers });
    observe(exchange, outcome);
  }

  /** HTTP to a GraphQL request. What is alike and in flight at the same time is executed once, where configured. */
  async function receive(exchange: Exchange): Promise<Outcome> {
    const { request, accepted } = exchange;
    refuseMethod(request);
    if (accepted.contentType === undefined) throw notAcceptable();
    refuseForgery(request.headers);
    if (request.method === 'GET') {
      const url = request.url!;
      return shared(exchange, url, (alone) => execute(exchange, readUrlParams(url), alone));
    }
    refuseMediaType(request);
    const body = await readBody(request, config.MAX_BODY_BYTES);
    return shared(exchange, body, (alone) => execute(exchange, readBodyParams(body), alone));
  }

  function shared(exchange: Exchange, text: string, run: (alone: () => void) => Promise<Outcome>) {
    if (inFlight === undefined) return run(() => undefined);
    const { request, context } = exchange;
    const { outcome, hasJoined, leave } = inFlight.share(sharingKey(request, text), run, () =>
      context.abort(),
    );
    if (hasJoined) metrics.shared();
    exchange.onGone = leave;
    return outcome;
  }

  /** A GraphQL request to its outcome, on the version of the supergraph that is current when it begins. */
  async function execute(exchange: Exchange, params: Params, alone: () => void): Promise<Outcome> {
    const { context, request } = exchange;
    context.identify(await access.identify(request.headers, context.identity));
    const version = versions.hold();
    try {
      const chosen = await access.chooseDocument(params, context.client);
      const operation = version.operations.find(chosen.text, params.operationName ?? undefined);
      exchange.operation = operation;
      chosen.remember?.();
      if (operation.kind !== 'query') alone();
      refuseKind(operation, request);

      const variables = operation.coerce(params.variables ?? undefined);
      const forbidden = await operation.requirements?.decide(context.caller);
      const executable = operation.executable(variables, forbidden);

      const result = await executable.execute({ variables, context });
      return formOutcome(result, maskErrors(result.errors, context));
    } finally {
      versions.release(version);
    }
  }

  function observe({ startedAt, operation }: Exchange, { errorCodes }: Outcome): void {
    const seconds = (performance.now() - startedAt) / 1_000;
    const label = operation?.label ?? metrics.labelOf(null);
    metrics.operation({ label, type: operation?.kind ?? 'unknown', seconds });
    for (const code of errorCodes) metrics.error(code);
  }
}

const isGraphql = (url: string): boolean =>
  url === '/graphql' || url.startsWith('/graphql?') || url.startsWith('/graphql/');

function refuseMethod({ method }: IncomingMessage): void {
  if (method === 'GET' || method === 'POST') return;
  throw refused(405, 'GraphQL is served by GET and POST.', { allow: 'GET, POST' });
}

function refuseKind({ kind }: Operation, { method }: IncomingMessage): void {
  if (kind === 'mutation' && method === 'GET') {
    throw refused(405, 'Only queries are served by GET.', { allow: 'POST' });
  }
  if (kind === 'subscription') throw refused(400, 'Subscriptions are not served over plain HTTP.');
}

const notAcceptable = () =>
  refused(406, 'The answer would be application/graphql-response+json or application/json.');

const refused = (status: number, message: string, headers: Record<string, string> = {}) =>
  new RequestRefused({ status, code: 'BAD_REQUEST', message, headers });

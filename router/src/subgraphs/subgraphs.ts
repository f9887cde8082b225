import type { Clock, Logger } from '@diaspora/kit/core';
import type { SendRequest, Subgraphs } from './answer.js';
import { createAttempt } from './steps/attempt.js';
import { createBreaker, type Breaker } from './steps/breaker.js';
import { createBudget } from './steps/budget.js';
import type { Client, CreateClient, Target } from './client/client.js';
import { createHeaders } from './client/headers.js';
import { withHedge } from './steps/hedge.js';
import { createSocketClient } from './client/socket-client.js';
import { createLatency } from './steps/latency.js';
import type { BreakerState, SubgraphMetrics } from './metrics.js';
import { withRetry } from './steps/retry.js';
import { createSend } from './steps/send.js';
import type { SubgraphSettings } from './settings.js';
import { withSharing } from './steps/share.js';
import { createSpanIds } from './client/span-ids.js';
import { createClientRequests } from './steps/client-requests.js';
import { createWatch, type Watch } from './watch.js';
import { systemTime, type Time } from './time.js';
import { createUndiciClient } from './client/undici-client.js';
import { withBreaker } from './steps/with-breaker.js';

export interface SubgraphsOptions {
  /** By the name a subgraph has in the plan. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly settings: SubgraphSettings;
  /** Signs the viewer's header; none for supergraphs of others. */
  readonly viewerSecret?: string | undefined;
  readonly metrics: SubgraphMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** Instead of the one that the settings name. */
  readonly createClient?: CreateClient;
  readonly time?: Time;
  readonly random?: () => number;
}

export interface SubgraphConnections {
  readonly send: Subgraphs;
  /** Of each subgraph's breaker, by the names of the plan. */
  readonly states: () => ReadonlyMap<string, BreakerState>;
  /** Closes what is idle; requests under way, and those that their executions still send, come to their end. */
  readonly stop: () => void;
}

interface Line {
  readonly send: SendRequest;
  readonly breaker: Breaker;
  readonly client: Client;
}

/** So many retries and hedged requests a second are allowed even without the traffic to earn them. */
const retriesPerSecond = 10;
const hedgesPerSecond = 1;

/** Everything between an executor and the subgraphs: one line to each, of the same steps. */
export function createSubgraphs(options: SubgraphsOptions): SubgraphConnections {
  const shared = {
    ...options,
    time: options.time ?? systemTime,
    random: options.random ?? Math.random,
    clientRequest: createClientRequests(),
    watch: createWatch(options.time ?? systemTime),
    spanId: createSpanIds(),
  };
  const headers = createHeaders(shared);
  const lines = new Map<string, Line>();
  for (const [name, target] of options.targets) lines.set(name, createLine(target, { ...shared, headers }));
  return {
    send(name) {
      const line = lines.get(name);
      if (line === undefined) throw new Error(`There is no subgraph "${name}".`);
      return line.send;
    },
    states: () => new Map([...lines].map(([name, { breaker }]) => [name, breaker.state()])),
    stop() {
      for (const { client } of lines.values()) client.stop();
    },
  };
}

interface LineOptions extends SubgraphsOptions {
  readonly time: Time;
  readonly random: () => number;
  readonly clientRequest: ReturnType<typeof createClientRequests>;
  readonly watch: Watch;
  readonly spanId: () => string;
  readonly headers: ReturnType<typeof createHeaders>;
}

/** What a request to one subgraph goes through; read it from the bottom. */
function createLine({ name, url }: Target, options: LineOptions): Line {
  const { settings, time, random, headers, clientRequest, spanId, watch } = options;
  const log = options.log.child({ subgraph: name });
  const meter = options.metrics.forSubgraph(name);
  const timeoutMs = settings.SUBGRAPH_TIMEOUTS_MS[name] ?? settings.SUBGRAPH_TIMEOUT_MS;
  const maxBytes = settings.MAX_SUBGRAPH_ANSWER_BYTES;

  const chosen = settings.SUBGRAPH_CLIENT === 'undici' ? createUndiciClient : createSocketClient;
  const client = (options.createClient ?? chosen)({
    url: new URL(url),
    maxConnections: settings.SUBGRAPH_CONNECTIONS,
    maxBytes,
    compression: settings.SUBGRAPH_COMPRESSION,
  });
  const breaker = createBreaker({
    failurePercent: settings.BREAKER_FAILURE_PERCENT,
    windowMs: settings.BREAKER_WINDOW_MS,
    leastCalls: settings.BREAKER_LEAST_CALLS,
    openMs: settings.BREAKER_OPEN_MS,
    time,
    onChange(state) {
      meter.breaker(state);
      log.warn({ state }, 'breaker of a subgraph changed');
    },
  });

  let step = createAttempt({ client, headers, maxBytes });
  step = withBreaker({ next: step, breaker, timeoutMs, time });
  if (settings.HEDGE)
    step = withHedge({
      next: step,
      latency: createLatency(),
      budget: createBudget({ percent: settings.HEDGE_BUDGET_PERCENT, perSecond: hedgesPerSecond, time }),
      time,
      watch,
      meter,
    });
  if (settings.RETRY_ATTEMPTS > 0)
    step = withRetry({
      next: step,
      attempts: settings.RETRY_ATTEMPTS,
      budget: createBudget({ percent: settings.RETRY_BUDGET_PERCENT, perSecond: retriesPerSecond, time }),
      time,
      random,
      meter,
    });
  if (settings.DEDUPE_SUBGRAPH_REQUESTS) step = withSharing({ next: step, time, meter });
  const send = createSend({ name, next: step, timeoutMs, clientRequest, spanId, time, watch, meter });
  return { send, breaker, client };
}

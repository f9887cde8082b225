import { RequestRefused } from '../access/refused.js';
import type { Params } from '../http/read-params.js';
import { createDelivery, type Delivery } from './delivery.js';
import type { Group } from './group.js';
import type { Groups } from './groups.js';
import type { Origin, PreparedRequest, Requests } from './requests.js';
import { complete, interrupted, type Ending, type Sink } from './sink.js';
import { sourceOf } from './source.js';
import type { Upstream } from './upstream/upstream.js';
import type { Upstreams, Wanted } from './upstream/upstreams.js';

/** One client's subscription. */
export interface Subscriber {
  /** Plans anew on the current supergraph and goes on there, without a gap or a repeat. Never rejects. */
  replan(): Promise<void>;
  stop(): void;
}

export interface SubscriberParts {
  readonly requests: Requests;
  readonly upstreams: Upstreams;
  readonly groups: Groups;
  /** Where a subgraph has its WebSocket, by name and HTTP address. */
  readonly socketUrl: (subgraph: string, url: string) => string;
  /** Results on their way to one client. */
  readonly limit: number;
}

export interface SubscriberOptions extends SubscriberParts {
  readonly params: Params;
  readonly origin: Origin;
  readonly prepared: PreparedRequest;
  readonly sink: Sink;
  readonly onEnd: () => void;
}

/** Where a subscriber gets its events. */
interface Place {
  readonly group: Group;
  readonly delivery: Delivery;
  /** Equal where the subgraph is asked for the same. */
  readonly key: string;
}

const againMs = 5_000;

export function createSubscriber(options: SubscriberOptions): Subscriber {
  const { requests, upstreams, groups, params, origin, sink, limit } = options;
  let isEnded = false;
  let place: Place | undefined = enter(wantedOf(options.prepared), options.prepared);
  let replanning: Promise<void> = Promise.resolve();
  let again: NodeJS.Timeout | undefined;

  function end(ending: Ending) {
    if (isEnded) return;
    stop();
    sink.end(ending);
  }

  function stop() {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(again);
    void place?.group.leave(place.delivery);
    options.onEnd();
  }

  function wantedOf({ executable, variables, version }: PreparedRequest): Wanted {
    const source = sourceOf(executable.plan.fetches[0]!, version.supergraph.apiSchema);
    const url = options.socketUrl(source.subgraph, version.subgraphs.get(source.subgraph)!);
    return { source, url, variables, subject: requests.contextOf(origin) };
  }

  interface Entrance {
    readonly upstream?: Upstream;
    readonly after?: Promise<unknown>;
  }

  function enter(wanted: Wanted, { executable, variables }: PreparedRequest, entrance: Entrance = {}): Place {
    const { upstream = upstreams.find(wanted), after } = entrance;
    const createContext = () => requests.contextOf(origin);
    const group = groups.find(upstream, { executable, variables, createContext });
    const next = (result: string) => void (isEnded || sink.next(result));
    const delivery = createDelivery({ caller: origin.caller, after, limit, next, end });
    group.join(delivery);
    return { group, delivery, key: upstreams.keyOf(wanted) };
  }

  async function replan(): Promise<void> {
    if (isEnded || place === undefined) return;
    const prepared = await prepareAnew();
    if (isEnded || prepared === undefined) return;
    if (prepared.executable.plan.fetches.length === 0) return end(complete);
    const wanted = wantedOf(prepared);
    const before = place;
    const { upstream } = before.group;
    if (upstreams.keyOf(wanted) === before.key) {
      // What comes from the subgraph stays: only what is made of it changes. Enter before leaving, or it would end.
      let left: () => void = () => undefined;
      const after = new Promise<void>((resolve) => (left = resolve));
      place = enter(wanted, prepared, { upstream, after });
      void leave(before).then(left);
      return;
    }
    if (!upstream.isResumable || !wanted.source.cursor) return end(interrupted);
    const after = upstream.position;
    place = undefined;
    await leave(before);
    if (!isEnded) place = enter({ ...wanted, after }, prepared);
  }

  /** What has come until now is still delivered. */
  const leave = ({ group, delivery }: Place) => group.leave(delivery).then(() => delivery.settled());

  async function prepareAnew(): Promise<PreparedRequest | undefined> {
    try {
      return await requests.prepare(params, origin);
    } catch (error) {
      if (isPassing(error)) again = setTimeout(() => void replanSoon(), againMs * (0.5 + Math.random()));
      else end({ kind: 'failed', errors: requests.faultOf(error, origin) });
      return undefined;
    }
  }

  function replanSoon(): Promise<void> {
    clearTimeout(again);
    return (replanning = replanning.then(replan));
  }

  return { replan: replanSoon, stop };
}

/** Limits and outages pass: until then the subscription stays as it is. */
const isPassing = (error: unknown): boolean =>
  error instanceof RequestRefused && (error.status === 429 || error.status === 503);

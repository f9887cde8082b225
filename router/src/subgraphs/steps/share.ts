import type { Call, Cancel, Outcome, Step } from './call.js';
import type { SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';

export interface ShareOptions {
  readonly next: Step;
  readonly time: Pick<Time, 'now'>;
  readonly meter: Pick<SubgraphMeter, 'shared'>;
}

interface Flight {
  readonly key: number;
  readonly call: Call;
  readonly members: Set<(outcome: Outcome) => void>;
  cancel: Cancel;
}

/** A bucket longer than this is no accident; what comes on top goes alone. */
const longestBucket = 64;

/**
 * One request for equal queries of one identity that are under way at the same time. Each member leaves on its own; the
 * request is given up when the last one has left. A mutation ends the joining of what its identity asked before: whoever
 * has seen its answer must not read what was true before it.
 */
export function withSharing({ next, time, meter }: ShareOptions): Step {
  const flights = new Map<number, Flight[]>();

  function find(key: number, { request, context, deadline }: Call): Flight | undefined {
    const now = time.now();
    return flights.get(key)?.find(
      ({ call }) =>
        call.context.identity === context.identity &&
        call.request.body === request.body &&
        // The subgraph was told the first one's deadline: it may stop long before a patient member's.
        (call.deadline - now) * 2 >= deadline - now,
    );
  }

  function add(flight: Flight): void {
    const bucket = flights.get(flight.key);
    if (bucket === undefined) flights.set(flight.key, [flight]);
    else if (bucket.length < longestBucket) bucket.push(flight);
  }

  function remove(flight: Flight): void {
    const bucket = flights.get(flight.key);
    const at = bucket?.indexOf(flight) ?? -1;
    if (at < 0) return;
    if (bucket!.length === 1) flights.delete(flight.key);
    else bucket!.splice(at, 1);
  }

  function removeAllOf(identity: string): void {
    for (const bucket of flights.values())
      for (const flight of bucket.filter(({ call }) => call.context.identity === identity)) remove(flight);
  }

  function take(flight: Flight, done: (outcome: Outcome) => void): Cancel {
    flight.members.add(done);
    return (reason) => {
      flight.members.delete(done);
      if (flight.members.size > 0) return;
      remove(flight);
      flight.cancel(reason);
    };
  }

  function begin(key: number, call: Call, done: (outcome: Outcome) => void): Cancel {
    const flight: Flight = { key, call, members: new Set(), cancel: () => undefined };
    add(flight);
    flight.cancel = next(call, (outcome) => {
      remove(flight);
      for (const member of flight.members) member(outcome);
    });
    return take(flight, done);
  }

  function mutate(call: Call, done: (outcome: Outcome) => void): Cancel {
    const { identity } = call.context;
    const cancel = next(call, (outcome) => {
      removeAllOf(identity);
      done(outcome);
    });
    return (reason) => {
      removeAllOf(identity);
      cancel(reason);
    };
  }

  return (call, done) => {
    if (call.request.kind === 'mutation') return mutate(call, done);
    const key = fingerprint(call.request.body);
    const flight = find(key, call);
    if (flight === undefined) return begin(key, call, done);
    flight.call.deadline = Math.max(flight.call.deadline, call.deadline);
    call.isShared = true;
    meter.shared();
    return take(flight, done);
  };
}

/** Cheaper than hashing a long text: its length, its end, where keys of entities stand, and samples of the rest. */
function fingerprint(text: string): number {
  const { length } = text;
  let hash = length;
  const step = (length >>> 5) + 1;
  for (let index = 0; index < length; index += step)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  for (let index = Math.max(0, length - 48); index < length; index++)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

import type { SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';
import type { Call, Outcome, Reason, Receiver, Sending, Step } from './call.js';

export interface ShareOptions {
  readonly next: Step;
  readonly time: Pick<Time, 'now'>;
  readonly meter: Pick<SubgraphMeter, 'shared'>;
}

/**
 * One request for equal queries of one identity that are under way at the same time. Each member leaves on its own; the
 * request is given up when the last one has left. A mutation ends the joining of what its identity asked before: whoever
 * has seen its answer must not read what was true before it.
 */
export function withSharing({ next, time, meter }: ShareOptions): Step {
  const flights = createFlights();

  function mutate(call: Call, receiver: Receiver): Sending {
    const { identity } = call.context;
    const sending = next(call, {
      receive(outcome) {
        flights.removeAllOf(identity);
        receiver.receive(outcome);
      },
    });
    return {
      cancel(reason) {
        flights.removeAllOf(identity);
        sending.cancel(reason);
      },
    };
  }

  return (call, receiver) => {
    if (call.request.kind === 'mutation') return mutate(call, receiver);
    const key = fingerprint(call.request.body);
    const known = flights.find(key, call, time);
    if (known !== undefined) {
      known.call.deadline = Math.max(known.call.deadline, call.deadline);
      call.isShared = true;
      meter.shared();
      return known.join(receiver);
    }
    const flight = new Flight(key, call, receiver, flights);
    flights.add(flight);
    flight.sending = next(call, flight);
    return flight;
  };
}

/** Most flights have one member, so that member's seat is the flight itself. */
class Flight implements Receiver, Sending {
  readonly key: number;
  readonly call: Call;
  sending: Sending | undefined;
  /** In its chain. */
  next: Flight | undefined;
  readonly #flights: Flights;
  #first: Receiver | undefined;
  #others: Set<Receiver> | undefined;

  constructor(key: number, call: Call, first: Receiver, flights: Flights) {
    this.key = key;
    this.call = call;
    this.#first = first;
    this.#flights = flights;
  }

  join(receiver: Receiver): Sending {
    this.#others ??= new Set();
    this.#others.add(receiver);
    return {
      cancel: (reason) => {
        this.#others?.delete(receiver);
        this.#endIfEmpty(reason);
      },
    };
  }

  /** Of the first member. */
  cancel(reason: Reason): void {
    this.#first = undefined;
    this.#endIfEmpty(reason);
  }

  #endIfEmpty(reason: Reason): void {
    if (this.#first !== undefined || (this.#others !== undefined && this.#others.size > 0)) return;
    this.#flights.remove(this);
    this.sending!.cancel(reason);
  }

  receive(outcome: Outcome): void {
    this.#flights.remove(this);
    this.#first?.receive(outcome);
    if (this.#others !== undefined) for (const other of this.#others) other.receive(outcome);
  }
}

type Flights = ReturnType<typeof createFlights>;

/** Longer chains are no accident; what comes on top goes alone. */
const longestChain = 64;
const chainCount = 4_096;

/**
 * The flights that can be joined: a hash table of a fixed size, with chains. Not a Map: what passes through a Map at this
 * rate is kept alive by its outgrown tables until the next full garbage collection.
 */
function createFlights() {
  const chains = new Array<Flight | undefined>(chainCount).fill(undefined);
  const slotOf = (key: number): number => key & (chainCount - 1);

  function remove(flight: Flight): void {
    const slot = slotOf(flight.key);
    if (chains[slot] === flight) chains[slot] = flight.next;
    else {
      let before = chains[slot];
      while (before !== undefined && before.next !== flight) before = before.next;
      if (before !== undefined) before.next = flight.next;
    }
    flight.next = undefined;
  }

  return {
    remove,
    find(key: number, call: Call, time: Pick<Time, 'now'>): Flight | undefined {
      let flight = chains[slotOf(key)];
      while (flight !== undefined && !(flight.key === key && isFor(flight.call, call, time)))
        flight = flight.next;
      return flight;
    },
    add(flight: Flight): void {
      const slot = slotOf(flight.key);
      let length = 0;
      for (let other = chains[slot]; other !== undefined; other = other.next) length++;
      if (length >= longestChain) return;
      flight.next = chains[slot];
      chains[slot] = flight;
    },
    removeAllOf(identity: string): void {
      for (let flight of chains)
        while (flight !== undefined) {
          const { next } = flight;
          if (flight.call.context.identity === identity) remove(flight);
          flight = next;
        }
    },
  };
}

/** The subgraph was told the first one's deadline: it may stop long before a patient member would. */
function isFor(flying: Call, joining: Call, time: Pick<Time, 'now'>): boolean {
  if (flying.context.identity !== joining.context.identity || flying.request.body !== joining.request.body)
    return false;
  const now = time.now();
  return (flying.deadline - now) * 2 >= joining.deadline - now;
}

/** Cheaper than hashing a long text: its length, samples of it, and its end, where the keys of entities stand. */
function fingerprint(text: string): number {
  const { length } = text;
  const step = (length >>> 4) + 1;
  let hash = length;
  for (let index = 0; index < length; index += step)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  for (let index = Math.max(0, length - 24); index < length; index++)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

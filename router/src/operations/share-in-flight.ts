/** Requests that are alike and in flight at the same time are executed once. */
export interface InFlight<Outcome> {
  /**
   * Joins the execution of this key, or begins it by `run`. `run` calls `alone` when what it does must not be shared
   * (it turned out to be a mutation): whoever joined then runs for itself. `onAbandoned` is called when all that
   * waited for an execution of this caller's have left.
   */
  share(key: string, run: (alone: () => void) => Promise<Outcome>, onAbandoned: () => void): Shared<Outcome>;
}

export interface Shared<Outcome> {
  readonly outcome: Promise<Outcome>;
  /** Whether somebody else's execution was joined. */
  readonly hasJoined: boolean;
  /** The caller does not wait any more. */
  readonly leave: () => void;
}

interface Flight<Outcome> {
  /** Until it is there. */
  outcome: Promise<Outcome | typeof unshared> | undefined;
  onAbandoned: () => void;
  waiting: number;
  hasJoiners: boolean;
  isShared: boolean;
}

const unshared = Symbol('unshared');
const nothing = () => undefined;

/**
 * The key must hold all that the outcome depends on: the request, and who asks. `onShared` hears of an outcome that
 * several get before any of them does.
 */
export function createInFlight<Outcome>(onShared: (outcome: Outcome) => void = nothing): InFlight<Outcome> {
  const flights = new Map<string, Flight<Outcome>>();

  const begin: InFlight<Outcome>['share'] = (key, run, onAbandoned) => {
    let settle: (outcome: Outcome | typeof unshared) => void = () => undefined;
    let fail: (reason: unknown) => void = () => undefined;
    const outcome = new Promise<Outcome | typeof unshared>((...both) => ([settle, fail] = both));
    const flight: Flight<Outcome> = { outcome, onAbandoned, waiting: 1, hasJoiners: false, isShared: true };
    flights.set(key, flight);
    const end = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const own = run(() => {
      end();
      flight.isShared = false;
      settle(unshared);
    }).finally(() => {
      end();
      // The tables that a Map has outgrown keep its entries alive until the next full garbage collection.
      flight.outcome = undefined;
      flight.onAbandoned = nothing;
    });
    own.then((result) => {
      if (flight.hasJoiners && flight.isShared) onShared(result);
      settle(result);
    }, fail);
    outcome.catch(() => undefined); // Whoever began it hears of it from `own`.
    return { outcome: own, hasJoined: false, leave: () => leave(key, flight, onAbandoned) };
  };

  const leave = (key: string, flight: Flight<Outcome>, onAbandoned: () => void) => {
    flight.waiting -= 1;
    if (!flight.isShared) return onAbandoned();
    if (flight.waiting > 0) return;
    if (flights.get(key) === flight) flights.delete(key); // or a newcomer would join what was just given up
    flight.onAbandoned();
  };

  return {
    share: (key, run, onAbandoned) => {
      const flight = flights.get(key);
      if (flight?.outcome === undefined) return begin(key, run, onAbandoned);
      flight.waiting += 1;
      flight.hasJoiners = true;
      const outcome = flight.outcome.then((shared) => (shared === unshared ? run(() => undefined) : shared));
      return { outcome, hasJoined: true, leave: () => leave(key, flight, onAbandoned) };
    },
  };
}

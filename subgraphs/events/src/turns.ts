import { AppError } from '@diaspora/kit';

/** One holds the lock while the other gets as far as it. */
const atOnce = 2;
/** Well before the ten seconds after which the router counts an answer as lost: too many of those, and it spares all of us. */
const patienceMs = 6_000;

interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

/**
 * Lets two at a time want the same thing. The others would wait for the lock on its row with a connection in hand: a hot
 * event took all connections of a process, and whoever wanted another one stood behind. Here they wait without.
 * Throws UNAVAILABLE to who would wait for longer than six seconds. It decides nothing: the lock does.
 */
export function createTurns() {
  const lanes = new Map<string, Lane>();

  async function inTurn<Result>(key: string, run: () => Promise<Result>): Promise<Result> {
    const lane = lanes.get(key) ?? { running: 0, waiting: new Set() };
    lanes.set(key, lane);
    if (lane.running < atOnce) lane.running += 1;
    else await turnIn(lane);
    try {
      return await run();
    } finally {
      leave(key, lane);
    }
  }

  /** Whoever is first in line takes over the turn. */
  function leave(key: string, lane: Lane): void {
    const [next] = lane.waiting;
    if (next) return next();
    lane.running -= 1;
    if (lane.running === 0) lanes.delete(key);
  }

  return inTurn;
}

const turnIn = ({ waiting }: Lane): Promise<void> =>
  new Promise((resolve, reject) => {
    const begin = () => end(resolve);
    const giveUp = () =>
      end(() => reject(new AppError('UNAVAILABLE', 'Too many want this at once. Try again.')));
    const patience = setTimeout(giveUp, patienceMs);
    const end = (settle: () => void) => {
      clearTimeout(patience);
      waiting.delete(begin);
      settle();
    };
    waiting.add(begin);
  });

import { isLiveOverflow, type Live, type LiveSubscription } from '@diaspora/kit';

/** Tells that there may be something new. It never carries the news: those are read from the database. */
export interface WakeUps {
  /** False when `stop` was called. Else something new may be there, or it is time to look anyway. */
  next(): Promise<boolean>;
  stop(): Promise<void>;
}

interface Options {
  readonly live: Live;
  readonly channel: string;
  /** Looks that often without being woken: an announcement may be lost with the process that had to make it. */
  readonly lookAgainMs: number;
}

/** Resolves when nothing that is announced from now on is missed. */
export async function listenFor({ live, channel, lookAgainMs }: Options): Promise<WakeUps> {
  let listening: LiveSubscription<unknown> = live.subscribe(channel);
  let isStopped = false;
  let pending: ReturnType<typeof heard> | undefined;
  await listening.ready;

  async function heard(): Promise<'heard'> {
    try {
      await listening.next();
    } catch (error) {
      // Too many came while the subscriber read slowly: none is needed, only that there were some.
      if (!isLiveOverflow(error)) throw error;
      listening = live.subscribe(channel);
      await listening.ready;
    }
    return 'heard';
  }

  return {
    async next() {
      if (isStopped) return false;
      const look = timer(lookAgainMs);
      const first = await Promise.race([(pending ??= heard()), look.over]);
      look.clear();
      if (first === 'heard') pending = undefined;
      return !isStopped;
    },
    async stop() {
      isStopped = true;
      await listening.return();
    },
  };
}

function timer(ms: number): { over: Promise<'over'>; clear: () => void } {
  let clear = () => undefined as void;
  const over = new Promise<'over'>((resolve) => {
    const handle = setTimeout(() => resolve('over'), ms).unref();
    clear = () => clearTimeout(handle);
  });
  return { over, clear };
}

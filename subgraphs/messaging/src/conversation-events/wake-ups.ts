import { isLiveOverflow, type Live, type LiveSubscription } from '@diaspora/kit';

/** Tells that there may be something new. It never carries the news: those are read from the database. */
export interface WakeUps {
  /** False when `stop` was called. Else something after `position` may be there, or it is time to look anyway. */
  next(position: number): Promise<boolean>;
  stop(): Promise<void>;
}

export interface Announcement {
  readonly sequence: number;
}

interface Options {
  readonly live: Live;
  readonly channel: string;
  /** Looks that often without being woken: an announcement may be lost with the process that had to make it. */
  readonly lookAgainMs: number;
}

/** Resolves when nothing that is announced from now on is missed. */
export async function listenFor({ live, channel, lookAgainMs }: Options): Promise<WakeUps> {
  let listening: LiveSubscription<Announcement> = live.subscribe(channel);
  let isStopped = false;
  let pending: ReturnType<typeof heard> | undefined;
  await listening.ready;

  /** The sequence announced; undefined when announcements may have been missed. */
  async function heard(): Promise<number | undefined> {
    try {
      const { done, value } = await listening.next();
      return done || value.resync ? undefined : value.payload.sequence;
    } catch (error) {
      // Too many came while the subscriber read slowly: none is needed, only that there were some.
      if (!isLiveOverflow(error)) throw error;
      listening = live.subscribe(channel);
      await listening.ready;
      return undefined;
    }
  }

  return {
    async next(position) {
      while (!isStopped) {
        const look = timer(lookAgainMs);
        const sequence = await Promise.race([(pending ??= heard()), look.over]);
        look.clear();
        if (sequence === 'over') return !isStopped;
        pending = undefined;
        if (sequence === undefined || sequence > position) return !isStopped;
      }
      return false;
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

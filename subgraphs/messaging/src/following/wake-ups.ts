import { isLiveOverflow, type Live, type LiveSubscription } from '@diaspora/kit';

export interface WakeUps {
  /** Resolves when nothing that is announced from now on is missed. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Calls `wake` when there may be something new, also when announcements may have been missed. It never carries the news:
 * those are read from the database.
 */
export function listenFor(live: Live, channel: string, wake: () => void): WakeUps {
  let listening: LiveSubscription<unknown> = live.subscribe(channel);
  const { ready } = listening;
  let isStopped = false;

  async function pump(): Promise<void> {
    while (!isStopped) {
      try {
        if ((await listening.next()).done) return;
      } catch (error) {
        // Too many came at once: none is needed, only that there were some.
        if (!isLiveOverflow(error)) throw error;
        listening = live.subscribe(channel);
        await listening.ready;
      }
      wake();
    }
  }
  void pump();

  return {
    ready,
    async stop() {
      isStopped = true;
      await listening.return();
    },
  };
}

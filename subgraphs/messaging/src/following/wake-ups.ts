import { isLiveOverflow, type Live, type LiveSubscription } from '@diaspora/kit';

export interface WakeUps {
  /** Resolves when nothing that is announced from now on is missed. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Calls `wake` when there may be something new, also when announcements may have been missed: then without one. It never
 * carries the news: those are read from the database.
 */
export function listenFor<Announcement = unknown>(
  live: Live,
  channel: string,
  wake: (announcement?: Announcement) => void,
): WakeUps {
  let listening: LiveSubscription<Announcement> = live.subscribe(channel);
  const { ready } = listening;
  let isStopped = false;

  async function pump(): Promise<void> {
    while (!isStopped) {
      let announcement: Announcement | undefined;
      try {
        const { done, value } = await listening.next();
        if (done) return;
        if (!value.resync) announcement = value.payload;
      } catch (error) {
        // Too many came at once: none is needed, only that there were some.
        if (!isLiveOverflow(error)) throw error;
        listening = live.subscribe(channel);
        await listening.ready;
      }
      wake(announcement);
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

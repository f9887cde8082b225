import type { Live } from '@diaspora/kit';
import { endedBy } from './ended-by.js';
import type { LookAgain } from './looking-again.js';
import { createNews } from './news.js';
import { createShared } from './shared.js';
import { createState, type Current } from './state.js';
import { listenFor } from './wake-ups.js';

interface Options<State> {
  readonly live: Live;
  readonly lookAgain: LookAgain;
  readonly channelOf: (key: string) => string;
  readonly read: (key: string) => Promise<Current<State>>;
}

/** What a subscriber is shown of the states of some keys; undefined ends it. */
type Show<State, Shown> = (states: readonly State[]) => Promise<Shown | undefined>;

/** States by key, each followed by many and read once in this process whenever it is announced that it has changed. */
export function createStates<State>({ live, lookAgain, channelOf, read }: Options<State>) {
  const states = createShared((key) => {
    const state = createState(
      () => read(key),
      () => states.forget(key),
    );
    const renew = () => void state.renew();
    const wakeUps = listenFor(live, channelOf(key), renew);
    const leave = lookAgain(renew);
    const begin = async () => {
      await wakeUps.ready;
      await state.renew();
      return state;
    };
    const end = () => {
      state.end();
      leave();
      void wakeUps.stop();
    };
    return { ready: begin(), end };
  });

  /** All of them or, where one could not begin, none. */
  async function useAll(keys: readonly string[]) {
    const asked = await Promise.allSettled(keys.map((key) => states.use(key)));
    const used = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const failed = asked.find((each) => each.status === 'rejected');
    if (!failed) return used;
    for (const { leave } of used) leave();
    throw failed.reason;
  }

  /** What is shown: at once, then whenever it is something else. Who reads slowly misses what lies in between. */
  return async function follow<Shown>(keys: readonly string[], show: Show<State, Shown>) {
    const news = createNews();
    const used = await useAll(keys);
    const unwatch = used.map(({ resource }) => resource.watch(news.arrive));
    const stop = () => {
      for (const end of unwatch) end();
      for (const { leave } of used) leave();
      news.end();
    };

    async function* shown(): AsyncGenerator<Shown, undefined> {
      let before: string | undefined;
      try {
        do {
          const now = await show(used.map(({ resource }) => resource.current()));
          if (now === undefined) return undefined;
          const text = JSON.stringify(now);
          if (text !== before) yield now;
          before = text;
        } while (await news.next());
        return undefined;
      } finally {
        stop();
      }
    }
    return endedBy(shown(), stop);
  };
}

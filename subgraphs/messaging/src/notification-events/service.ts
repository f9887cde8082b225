import type { Clock, Live } from '@diaspora/kit';
import type { Db } from '../database.js';
import { followChanges, type LookAgain } from '../following/index.js';
import { createNotificationChanges } from './changes.js';

export type NotificationEvents = ReturnType<typeof createNotificationEvents>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  readonly lookAgain: LookAgain;
}

/** The own key of the person is in the name, so that a cursor is of nobody else's inbox. */
const channelOf = (recipientId: string) => `notifications:${recipientId}`;

/** A trigger writes down which transaction wrote a notification last; nobody has to report it. */
export function createNotificationEvents({ db, clock, live, lookAgain }: Dependencies) {
  const changesOf = createNotificationChanges(db);

  /** Wakes whoever follows that inbox, in every process. After the commit; never rejects. */
  const announce = async (recipientId: string): Promise<void> => {
    await live.publish(channelOf(recipientId), {});
  };

  const subscribe = (recipientId: string, after: string | null | undefined) =>
    followChanges({
      live,
      clock,
      lookAgain,
      channel: channelOf(recipientId),
      after,
      changesSince: (since) => changesOf({ recipientId, since }),
      eventOf: (changes) => ({ __typename: 'NotificationsChanged' as const, ...changes }),
    });

  return { announce, subscribe };
}

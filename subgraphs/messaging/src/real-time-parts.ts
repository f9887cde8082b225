import { onJob, type Clock, type Live, type Viewer } from '@diaspora/kit';
import { announceChange, announceLists, type Change } from './announcing.js';
import {
  conversationEventsSlice,
  createConversationEvents,
  createPruning,
  type ConversationEvents,
} from './conversation-events/index.js';
import type { Db } from './database.js';
import { createLookingAgain, type Expiring } from './following/index.js';
import { createInboxEvents, inboxEventsSlice, type InboxEvents } from './inbox-events/index.js';
import {
  createLiveLocationEvents,
  createLiveLocationLoaders,
  createLiveLocations,
  liveLocationSlice,
  type LiveLocationEvents,
  type LiveLocationLoaders,
  type LiveLocations,
} from './live-location/index.js';
import {
  createNotificationEvents,
  createWakingHandlers,
  notificationEventsSlice,
  type NotificationEvents,
} from './notification-events/index.js';
import {
  announcePresence,
  createOnline,
  createSeeing,
  createTyping,
  presenceHandlers,
  presenceSlice,
  type Online,
  type Typing,
} from './presence/index.js';

export interface RealTimeServices {
  readonly conversationEvents: ConversationEvents;
  readonly inboxEvents: InboxEvents;
  readonly liveLocationEvents: LiveLocationEvents;
  readonly liveLocations: LiveLocations;
  readonly notificationEvents: NotificationEvents;
  readonly online: Online;
  readonly typing: Typing;
}

export type RealTimeLoaders = LiveLocationLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  readonly expiring: Expiring;
  /** How often subscriptions look for what was not announced. */
  readonly lookAgainMs?: number | undefined;
}

/** What is told while it happens, put together. */
export function composeRealTime({ db, clock, live, expiring, lookAgainMs = 30_000 }: Dependencies) {
  const following = { db, clock, live, lookAgain: createLookingAgain(lookAgainMs) };
  const conversationEvents = createConversationEvents(following);
  const { mayHear } = conversationEvents;
  const watching = { ...following, expiring, mayHear, isSeen: createSeeing({ db }) };
  const online = createOnline(watching);
  const inboxEvents = createInboxEvents({ ...following, connect: online.connect });
  const notificationEvents = createNotificationEvents(following);
  const liveLocationEvents = createLiveLocationEvents(watching);
  const typing = createTyping(watching);

  /** Wakes whoever listens to the conversation, or follows a list that it is in. After the commit; never rejects. */
  const announce = async (conversationId: string): Promise<void> => {
    await Promise.all([conversationEvents.announce(conversationId), inboxEvents.announce(conversationId)]);
  };
  const liveLocations = createLiveLocations({
    ...{ db, clock },
    announce: conversationEvents.announce,
    announceLocations: liveLocationEvents.announce,
  });
  const announceIn = ({ conversationId, lists }: Change) =>
    lists === 'ALL' ? inboxEvents.announce(conversationId) : inboxEvents.announceTo(lists);
  const announcing = {
    ...onJob(announceLists, announceIn),
    ...onJob(announcePresence, ({ personIds }) => online.announce(personIds)),
    ...onJob(announceChange, async (change) => {
      await Promise.all([
        conversationEvents.announceRights(change.conversationId),
        liveLocationEvents.announce(change.conversationId),
        typing.announce(change.conversationId),
        announceIn(change),
      ]);
    }),
  };
  const pruning = createPruning({ db, clock });
  const services: RealTimeServices = {
    ...{ conversationEvents, inboxEvents, notificationEvents },
    ...{ liveLocationEvents, liveLocations },
    ...{ online, typing },
  };
  return {
    services,
    announce,
    announceEvents: conversationEvents.announce,
    announceTo: inboxEvents.announceTo,
    announceNotifications: notificationEvents.announce,
    announcePresence: online.announce,
    slices: [
      ...[conversationEventsSlice, inboxEventsSlice, notificationEventsSlice],
      ...[presenceSlice, liveLocationSlice],
    ],
    createLoaders: (viewer: Viewer | null): RealTimeLoaders =>
      createLiveLocationLoaders({ db, clock }, viewer),
    handlers: [...createWakingHandlers(notificationEvents.announce), ...presenceHandlers],
    jobs: { ...announcing, ...liveLocations.jobs, ...pruning.jobs },
    crontab: [pruning.crontab],
  };
}

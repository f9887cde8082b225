import {
  createLive,
  createOutbox,
  createPersonalData,
  createPrivateStore,
  defineSubgraph,
  startSubgraph,
  type Clock,
  type Live,
  type Logger,
  type PrivateStore,
  type RunningSubgraph,
} from '@diaspora/kit';
import { blockHandlers } from './blocks.js';
import { createContactRuleHandlers } from './contact-rules.js';
import type { MessagingConfig } from './config.js';
import type { Context } from './context.js';
import { conversationEventsSlice, createConversationEvents } from './conversation-events/index.js';
import { conversationsSlice, createConversationLoaders, createConversations } from './conversations/index.js';
import { connectDatabase, type Db } from './database.js';
import { createLookingAgain } from './following/index.js';
import { userIds } from './ids.js';
import { inTurn } from './in-turn.js';
import { createInboxEvents, inboxEventsSlice } from './inbox-events/index.js';
import { memberHandlers } from './members.js';
import { composeMessages, type MessageConfig } from './message-parts.js';
import { messages as published } from './messages.js';
import { createAppend } from './messages/index.js';
import {
  createNotificationLoaders,
  createNotifications,
  createOccasions,
  createTelling,
  friendNotice,
  notificationsSlice,
} from './notifications/index.js';
import {
  createNotificationEvents,
  createWakingHandlers,
  notificationEventsSlice,
} from './notification-events/index.js';
import { createMessagingPersonalData } from './personal-data/index.js';

export interface MessagingDependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes the subscriptions of every process. */
  readonly live: Live;
  readonly privateStore: PrivateStore;
  readonly config: MessageConfig;
}

/** How often subscriptions look for what was not announced. */
const lookAgainMs = 30_000;

/** The composition root: dependencies in, subgraph out. */
export function createMessagingSubgraph(dependencies: MessagingDependencies) {
  const { db, clock, live, privateStore, config } = dependencies;
  const outbox = createOutbox(published, { clock });
  const following = { db, clock, live, lookAgain: createLookingAgain(lookAgainMs) };
  const conversationEvents = createConversationEvents(following);
  const inboxEvents = createInboxEvents(following);
  const announce = async (conversationId: string) => {
    await Promise.all([conversationEvents.announce(conversationId), inboxEvents.announce(conversationId)]);
  };
  const notificationEvents = createNotificationEvents(following);
  const conversations = createConversations({ db, clock, outbox });
  const { append } = createAppend({ clock, outbox });
  const messages = composeMessages({
    ...{ db, clock, config, append, announce },
    announceEvents: conversationEvents.announce,
    announceTo: inboxEvents.announceTo,
  });
  const telling = createTelling({ clock, outbox });
  const notifications = createNotifications({ db, clock, announce: notificationEvents.announce });
  const occasions = createOccasions({ db, clock, telling });
  const personalData = createPersonalData({
    source: 'messaging',
    requestedBy: 'users',
    personIds: userIds,
    clock,
    db,
    store: privateStore,
    personalData: createMessagingPersonalData({ db, clock }),
  });
  const services = {
    conversations,
    conversationEvents,
    inboxEvents,
    ...messages.services,
    notificationEvents,
    notifications,
  };

  return defineSubgraph<Context>({
    name: 'messaging',
    slices: [
      conversationsSlice,
      conversationEventsSlice,
      inboxEventsSlice,
      ...messages.slices,
      notificationEventsSlice,
      notificationsSlice,
    ],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createConversationLoaders(db, base.viewer),
        ...messages.createLoaders(base.viewer),
        ...createNotificationLoaders(db, base.viewer),
      },
    }),
    handlers: inTurn([
      ...memberHandlers,
      ...blockHandlers,
      ...createContactRuleHandlers({
        onConnected: (tx, tie) => telling.tell(tx, friendNotice(tie)),
      }),
      ...occasions.handlers,
      ...createWakingHandlers(notificationEvents.announce),
      ...personalData.handlers,
    ]),
    jobs: { ...messages.jobs, ...occasions.jobs, ...personalData.jobs },
    crontab: occasions.crontab.join('\n'),
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export const startMessaging = (options: {
  config: MessagingConfig;
  log: Logger;
  clock?: Clock;
}): Promise<RunningSubgraph> =>
  startSubgraph({
    ...options,
    name: 'messaging',
    connect: connectDatabase,
    create: async ({ db, clock, redis, namespace, onStop }) => {
      const privateStore = await createPrivateStore(options.config);
      onStop(() => privateStore.stop());
      const live = createLive({ redis, namespace: `${namespace}:messaging` });
      return createMessagingSubgraph({ db, clock, live, privateStore, config: options.config });
    },
  });

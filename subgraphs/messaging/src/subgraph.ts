import {
  createAudit,
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
import type { Registry } from 'prom-client';
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
  createNotificationEvents,
  createWakingHandlers,
  notificationEventsSlice,
} from './notification-events/index.js';
import { composeNotifications, type NotificationConfig } from './notification-parts.js';
import { friendNotice } from './notifications/index.js';
import { createMessagingPersonalData } from './personal-data/index.js';

export interface MessagingDependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes the subscriptions of every process. */
  readonly live: Live;
  readonly privateStore: PrivateStore;
  readonly registry: Registry;
  readonly config: MessageConfig & NotificationConfig;
}

/** How often subscriptions look for what was not announced. */
const lookAgainMs = 30_000;

/** The composition root: dependencies in, subgraph out. */
export function createMessagingSubgraph(dependencies: MessagingDependencies) {
  const { db, clock, live, privateStore, registry, config } = dependencies;
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
  const audit = createAudit({ source: 'messaging', clock });
  const notifying = composeNotifications({
    ...{ db, clock, outbox, audit, registry, config },
    announce: notificationEvents.announce,
  });
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
    ...notifying.services,
  };

  return defineSubgraph<Context>({
    name: 'messaging',
    slices: [
      conversationsSlice,
      conversationEventsSlice,
      inboxEventsSlice,
      ...messages.slices,
      notificationEventsSlice,
      ...notifying.slices,
    ],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createConversationLoaders(db, base.viewer),
        ...messages.createLoaders(base.viewer),
        ...notifying.createLoaders(base.viewer),
      },
    }),
    handlers: inTurn([
      ...memberHandlers,
      ...blockHandlers,
      ...createContactRuleHandlers({
        onConnected: (tx, tie) => notifying.telling.tell(tx, friendNotice(tie)),
      }),
      ...notifying.handlers,
      ...createWakingHandlers(notificationEvents.announce),
      ...personalData.handlers,
    ]),
    jobs: { ...messages.jobs, ...notifying.jobs, ...personalData.jobs },
    crontab: notifying.crontab.join('\n'),
    routes: notifying.routes,
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
    create: async ({ db, clock, redis, registry, namespace, onStop }) => {
      const privateStore = await createPrivateStore(options.config);
      onStop(() => privateStore.stop());
      const live = createLive({ redis, namespace: `${namespace}:messaging` });
      return createMessagingSubgraph({ db, clock, live, privateStore, registry, config: options.config });
    },
  });

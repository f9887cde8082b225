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
import { conversationsSlice, createConversationLoaders, createConversations } from './conversations/index.js';
import { connectDatabase, type Db } from './database.js';
import { createExpiring, type Expiring } from './following/index.js';
import { userIds } from './ids.js';
import { inTurn } from './in-turn.js';
import { memberHandlers } from './known-members.js';
import { composeMembership } from './membership-parts.js';
import { composeMessages, type MessageConfig } from './message-parts.js';
import { messages as published } from './messages.js';
import { createAppend } from './messages/index.js';
import { composeNotifications, type NotificationConfig } from './notification-parts.js';
import { friendNotice } from './notifications/index.js';
import { createMessagingPersonalData } from './personal-data/index.js';
import { composeRealTime } from './real-time-parts.js';
import { suspensionHandlers } from './suspensions.js';
import { composeWebhooks } from './webhook-parts.js';

export interface MessagingDependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes the subscriptions of every process. */
  readonly live: Live;
  /** Who types and who is online, in all processes. */
  readonly expiring: Expiring;
  /** How often subscriptions look for what was not announced; half a minute unless given. */
  readonly lookAgainMs?: number | undefined;
  readonly privateStore: PrivateStore;
  readonly registry: Registry;
  readonly config: MessageConfig & NotificationConfig;
}

/** The composition root: dependencies in, subgraph out. */
export function createMessagingSubgraph(dependencies: MessagingDependencies) {
  const { db, clock, privateStore, registry, config } = dependencies;
  const outbox = createOutbox(published, { clock });
  const realTime = composeRealTime(dependencies);
  const { announce, announceEvents, announceTo, announceNotifications, announcePresence } = realTime;
  const conversations = createConversations({ db, clock, outbox, announceTo });
  const { append, appendLine } = createAppend({ clock, outbox });
  const audit = createAudit({ source: 'messaging', clock });
  const notifying = composeNotifications({
    ...{ db, clock, outbox, audit, registry, config },
    announce: announceNotifications,
  });
  const { telling } = notifying;
  const messages = composeMessages({
    ...{ db, clock, config, append, telling },
    ...{ announce, announceEvents, announceTo, announceNotifications, announcePresence },
  });
  const webhooks = composeWebhooks({
    ...{ db, clock, audit, outbox, registry, config },
    ...{ targets: notifying.targets, telling },
  });
  const membership = composeMembership({
    ...{ db, clock, outbox, appendLine, telling, allowance: messages.allowance },
    ...{ announce, announceTo },
  });
  const personalData = createPersonalData({
    source: 'messaging',
    requestedBy: 'users',
    personIds: userIds,
    clock,
    db,
    store: privateStore,
    personalData: createMessagingPersonalData({ db, clock, depart: membership.depart }),
  });
  const services = {
    conversations,
    ...membership.services,
    ...messages.services,
    ...notifying.services,
    ...webhooks.services,
    ...realTime.services,
  };

  return defineSubgraph<Context>({
    name: 'messaging',
    slices: [
      conversationsSlice,
      ...membership.slices,
      ...messages.slices,
      ...notifying.slices,
      ...webhooks.slices,
      ...realTime.slices,
    ],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createConversationLoaders(db, base.viewer),
        ...membership.createLoaders(base.viewer),
        ...messages.createLoaders(base.viewer),
        ...notifying.createLoaders(base.viewer),
        ...webhooks.createLoaders(base.viewer),
        ...realTime.createLoaders(base.viewer),
      },
    }),
    handlers: inTurn([
      ...memberHandlers,
      ...suspensionHandlers,
      ...blockHandlers,
      ...createContactRuleHandlers({
        onConnected: (tx, tie) => notifying.telling.tell(tx, friendNotice(tie)),
      }),
      ...membership.handlers,
      ...notifying.handlers,
      ...webhooks.handlers,
      ...realTime.handlers,
      ...personalData.handlers,
    ]),
    jobs: { ...messages.jobs, ...notifying.jobs, ...webhooks.jobs, ...personalData.jobs, ...realTime.jobs },
    crontab: [...notifying.crontab, ...realTime.crontab, ...webhooks.crontab].join('\n'),
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
      const own = { redis, namespace: `${namespace}:messaging` };
      const [live, expiring] = [createLive(own), createExpiring(own)];
      return createMessagingSubgraph({
        ...{ db, clock, live, expiring, privateStore, registry },
        config: options.config,
      });
    },
  });

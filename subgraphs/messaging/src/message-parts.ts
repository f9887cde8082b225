import { createAudit, onJob, type Clock, type Viewer } from '@diaspora/kit';
import type { MessagingConfig } from './config.js';
import type { Db } from './database.js';
import {
  createDraftLoaders,
  createDrafts,
  draftsSlice,
  type DraftLoaders,
  type Drafts,
} from './drafts/index.js';
import { sendScheduledMessage } from './jobs.js';
import { createMediaGrants, messageContentSlice, type MediaGrants } from './message-content/index.js';
import { createDeletion, messageDeletionSlice, type Deletion } from './message-deletion/index.js';
import {
  createEditing,
  createEditLoaders,
  messageEditingSlice,
  type Editing,
  type EditLoaders,
} from './message-editing/index.js';
import {
  createReactionLoaders,
  createReactions,
  messageReactionsSlice,
  type ReactionLoaders,
  type Reactions,
} from './message-reactions/index.js';
import { createMessageSearch, messageSearchSlice, type MessageSearch } from './message-search/index.js';
import {
  createAllowance,
  createMessageLoaders,
  createMessages,
  messagesSlice,
  type Append,
  type MessageLoaders,
  type Messages,
} from './messages/index.js';
import type { Telling } from './notifications/index.js';
import {
  createReceiptLoaders,
  createReceipts,
  createSettings,
  receiptsSlice,
  type ReceiptLoaders,
  type Receipts,
  type Settings,
} from './receipts/index.js';
import {
  createScheduledMessageLoaders,
  createScheduledMessages,
  createSending,
  scheduledMessagesSlice,
  type ScheduledMessageLoaders,
  type ScheduledMessages,
} from './scheduled-messages/index.js';

export interface MessageServices {
  readonly deletion: Deletion;
  readonly drafts: Drafts;
  readonly editing: Editing;
  readonly mediaGrants: MediaGrants;
  readonly messages: Messages;
  readonly messageSearch: MessageSearch;
  readonly reactions: Reactions;
  readonly receipts: Receipts;
  readonly scheduledMessages: ScheduledMessages;
  readonly settings: Settings;
}

export type MessageLoadersOfAll = MessageLoaders &
  DraftLoaders &
  EditLoaders &
  ReactionLoaders &
  ReceiptLoaders &
  ScheduledMessageLoaders;

export type MessageConfig = Pick<
  MessagingConfig,
  'FREE_MESSAGES_PER_DAY' | 'MESSAGE_DELETE_HOURS' | 'MESSAGE_EDIT_HOURS' | 'VIEWER_SECRET'
>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: MessageConfig;
  readonly append: Append['append'];
  readonly telling: Telling;
  /** Wakes whoever listens to the conversation, or follows a list that it is in. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announceEvents: (conversationId: string) => Promise<void>;
  /** Wakes whoever follows the lists of these people. Never rejects. */
  readonly announceTo: (userIds: readonly string[]) => Promise<void>;
  /** Wakes whoever follows the person's notifications. Never rejects. */
  readonly announceNotifications: (userId: string) => Promise<void>;
  /** Has whoever looks on at these people asked again whether they may. Never rejects. */
  readonly announcePresence: (personIds: readonly string[]) => Promise<void>;
}

/** What people say and what becomes of it, put together. */
export function composeMessages(dependencies: Dependencies) {
  const { db, clock, config, append, telling, announce, announceEvents } = dependencies;
  const { announceTo, announceNotifications } = dependencies;
  const changing = { db, clock, announce: announceEvents };
  const drafts = createDrafts(changing);
  const allowance = createAllowance({ clock, perDay: config.FREE_MESSAGES_PER_DAY });
  const messages = createMessages({ db, append, allowance, announce, clearDraft: drafts.clear });
  const settings = createSettings(dependencies);
  const audit = createAudit({ source: 'messaging', clock });
  const services: MessageServices = {
    deletion: createDeletion({ db, clock, announce, audit, telling, hours: config.MESSAGE_DELETE_HOURS }),
    drafts,
    editing: createEditing({ ...changing, hours: config.MESSAGE_EDIT_HOURS }),
    mediaGrants: createMediaGrants({ clock, secret: config.VIEWER_SECRET }),
    messages,
    messageSearch: createMessageSearch({ db }),
    reactions: createReactions(changing),
    receipts: createReceipts({ ...changing, settings, telling, announceTo, announceNotifications }),
    scheduledMessages: createScheduledMessages({ db, clock, messages }),
    settings,
  };
  return {
    services,
    allowance,
    slices: [
      ...[messagesSlice, messageContentSlice, messageReactionsSlice, messageEditingSlice],
      ...[messageDeletionSlice, messageSearchSlice, receiptsSlice, draftsSlice, scheduledMessagesSlice],
    ],
    createLoaders: (viewer: Viewer | null): MessageLoadersOfAll => ({
      ...createMessageLoaders(db, viewer),
      ...createDraftLoaders(db, viewer),
      ...createEditLoaders(db, viewer),
      ...createReactionLoaders(db, viewer),
      ...createReceiptLoaders(db, viewer),
      ...createScheduledMessageLoaders(db, viewer),
    }),
    jobs: onJob(sendScheduledMessage, createSending({ db, clock, announce, messages, telling })),
  };
}

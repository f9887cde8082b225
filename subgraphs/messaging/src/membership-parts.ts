import type { Clock, MessageHandler, Outbox, Viewer } from '@diaspora/kit';
import {
  contactRequestsSlice,
  createContactRequestHandlers,
  createContactRequests,
  type ContactRequests,
} from './contact-requests/index.js';
import type { Db, Transaction } from './database.js';
import {
  createEventConversationHandlers,
  createEventConversationLoaders,
  createEventConversations,
  eventConversationsSlice,
  type EventConversationLoaders,
} from './event-conversations/index.js';
import { createDeparture, createGroups, groupsSlice, type Groups } from './groups/index.js';
import { createInbox, inboxSlice, type Inbox } from './inbox/index.js';
import {
  createInviteLinkLoaders,
  createInviteLinks,
  inviteLinksSlice,
  type InviteLinkLoaders,
  type InviteLinks,
} from './invite-links/index.js';
import {
  createJoinRequestLoaders,
  createJoinRequests,
  joinRequestsSlice,
  type JoinRequestLoaders,
  type JoinRequests,
} from './join-requests/index.js';
import { createMemberLoaders, membersSlice, type MemberLoaders } from './members/index.js';
import type { Allowance, Append } from './messages/index.js';
import type { MessagingMessages } from './messages.js';
import type { Telling } from './notifications/index.js';

export interface MembershipServices {
  readonly groups: Groups;
  readonly joinRequests: JoinRequests;
  readonly inviteLinks: InviteLinks;
  readonly contactRequests: ContactRequests;
  readonly inbox: Inbox;
}

export type MembershipLoaders = MemberLoaders &
  EventConversationLoaders &
  InviteLinkLoaders &
  JoinRequestLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly appendLine: Append['appendLine'];
  readonly telling: Telling;
  readonly allowance: Allowance;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
  /** Wakes whoever follows the lists of these people. Never rejects. */
  readonly announceTo: (userIds: readonly string[]) => Promise<void>;
}

/** Who takes part in which conversations, as what, and where they have them: put together. */
export function composeMembership(dependencies: Dependencies) {
  const { db } = dependencies;
  const joinRequests = createJoinRequests(dependencies);
  const departure = createDeparture(dependencies);
  const services: MembershipServices = {
    groups: createGroups({ ...dependencies, depart: departure.leave }),
    joinRequests,
    inviteLinks: createInviteLinks({ ...dependencies, joinRequests }),
    contactRequests: createContactRequests({ ...dependencies, leave: departure.leave }),
    inbox: createInbox(dependencies),
  };
  const handlers: MessageHandler<Transaction>[] = [
    ...createContactRequestHandlers({ clock: dependencies.clock, tellAll: dependencies.telling.tellAll }),
    ...createEventConversationHandlers(createEventConversations(dependencies)),
  ];
  return {
    services,
    handlers,
    /** Takes a person out of everything but their direct conversations. */
    depart: departure.depart,
    slices: [
      membersSlice,
      groupsSlice,
      inviteLinksSlice,
      joinRequestsSlice,
      eventConversationsSlice,
      contactRequestsSlice,
      inboxSlice,
    ],
    createLoaders: (viewer: Viewer | null): MembershipLoaders => ({
      ...createMemberLoaders(db),
      ...createInviteLinkLoaders(db, dependencies.clock),
      ...createJoinRequestLoaders(db),
      ...createEventConversationLoaders(db, viewer),
    }),
  };
}

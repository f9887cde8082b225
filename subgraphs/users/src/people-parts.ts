import type { Clock, Outbox, Viewer } from '@diaspora/kit';
import { blocksSlice } from './blocks/index.js';
import {
  connectionsSlice,
  createConnectionLoaders,
  createConnections,
  type ConnectionLoaders,
  type Connections,
} from './connections/index.js';
import type { Db } from './database.js';
import { followsSlice } from './follows/index.js';
import { createFriendRequests, friendshipsSlice, type FriendRequests } from './friendships/index.js';
import type { UsersMessages } from './messages.js';
import { createSuggestions, suggestionsSlice, type Suggestions } from './suggestions/index.js';

export interface PeopleServices {
  readonly connections: Connections;
  readonly friendRequests: FriendRequests;
  readonly suggestions: Suggestions;
}

export type PeopleLoaders = ConnectionLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
}

/** What people have with each other, put together. */
export function composePeople({ db, clock, outbox }: Dependencies) {
  const services: PeopleServices = {
    connections: createConnections({ db, clock, outbox }),
    friendRequests: createFriendRequests({ db, clock }),
    suggestions: createSuggestions({ db, clock }),
  };
  return {
    services,
    slices: [connectionsSlice, blocksSlice, followsSlice, friendshipsSlice, suggestionsSlice],
    createLoaders: (viewer: Viewer | null): PeopleLoaders => createConnectionLoaders(db, viewer),
  };
}

import type { Viewer } from '@diaspora/kit';
import { blocksSlice } from './blocks/index.js';
import { connectionsSlice, createConnectionLoaders, createConnections } from './connections/index.js';
import type { Budgets } from './budgets/index.js';
import type { Foundation } from './dependencies.js';
import { followsSlice } from './follows/index.js';
import { createFriendRequests, friendshipsSlice } from './friendships/index.js';
import { createProfileLoaders, createProfiles, profilesSlice } from './profiles/index.js';
import { createSuggestions, suggestionsSlice } from './suggestions/index.js';

export type PeopleParts = ReturnType<typeof composePeople>;

interface Dependencies extends Foundation {
  readonly budgets: Budgets;
}

/** Who people say they are, and what they have with each other, put together. */
export function composePeople({ budgets, ...foundation }: Dependencies) {
  const { db } = foundation;
  const connections = createConnections(foundation);
  const services = {
    profiles: createProfiles(foundation),
    connections,
    friendRequests: createFriendRequests({ ...foundation, budgets, connections }),
    suggestions: createSuggestions(foundation),
  };
  return {
    services,
    slices: [profilesSlice, connectionsSlice, blocksSlice, followsSlice, friendshipsSlice, suggestionsSlice],
    createLoaders: (viewer: Viewer | null) => ({
      ...createProfileLoaders(db, viewer),
      ...createConnectionLoaders(db, viewer),
    }),
  };
}

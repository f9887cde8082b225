import {
  createFirstPageLoaders,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import { seenAmong } from '../conversations/index.js';
import type { Db } from '../database.js';
import { asTheyWere } from './as-they-were.js';
import { historyQuery } from './history.js';
import type { HistoryPage } from './rules.js';

export interface MessageLoaders {
  /** Messages that the viewer sees; null for all others. */
  readonly message: Loader<string, Message | null>;
  /** One page of what the viewer sees of the history of each conversation, by its key. */
  readonly history: (page: HistoryPage) => Loader<string, Message[]>;
}

export function createMessageLoaders(db: Db, viewer: Viewer | null): MessageLoaders {
  const histories = new Map<string, (page: FirstPage) => Loader<string, Message[]>>();
  const createHistories = ({ forward, beyond }: HistoryPage) =>
    createFirstPageLoaders(
      async (conversationIds: readonly string[], { take }) => {
        if (!viewer) return [];
        const wanted = { conversationIds, viewerId: viewer.id, forward, beyond, take };
        const page = await db.$queryRaw<{ id: string }[]>(historyQuery(wanted));
        const messages = await db.message.findMany({
          where: { id: { in: page.map(({ id }) => id) } },
          orderBy: { sequence: forward ? 'asc' : 'desc' },
        });
        return asTheyWere(db, viewer.id, messages);
      },
      (message) => message.conversationId,
    );
  return {
    message: createRowLoader(
      async (ids) => {
        if (!viewer) return [];
        const seen = await seenAmong(db, viewer.id, ids);
        return asTheyWere(db, viewer.id, await db.message.findMany({ where: { id: { in: seen } } }));
      },
      (message) => message.id,
    ),
    history: (page) => {
      const start = JSON.stringify([page.forward, page.beyond]);
      const loaders = histories.get(start) ?? createHistories(page);
      histories.set(start, loaders);
      return loaders(page);
    },
  };
}

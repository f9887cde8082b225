import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { historyQuery } from './history.js';
import type { HistoryPage } from './rules.js';

export interface MessageLoaders {
  /** Messages of conversations the viewer takes part in; null for all others. */
  readonly message: Loader<string, Message | null>;
  /** One page of the history of each conversation, by its key. Whoever asks holds the conversation already. */
  readonly history: (page: HistoryPage) => Loader<string, Message[]>;
}

export function createMessageLoaders(db: Db, viewer: Viewer | null): MessageLoaders {
  const histories = new Map<string, Loader<string, Message[]>>();
  const createHistory = (page: HistoryPage) =>
    createGroupLoader(
      (ids: readonly string[]) => db.$queryRaw<Message[]>(historyQuery(ids, page)),
      (message) => message.conversationId,
    );
  return {
    message: createRowLoader(
      async (ids) =>
        viewer
          ? db.message.findMany({
              where: {
                id: { in: [...ids] },
                conversation: { participants: { some: { userId: viewer.id } } },
              },
            })
          : [],
      (message) => message.id,
    ),
    history: (page) => {
      const key = JSON.stringify([page.forward, page.take, page.beyond]);
      const loader = histories.get(key) ?? createHistory(page);
      histories.set(key, loader);
      return loader;
    },
  };
}

import {
  createFirstPageLoaders,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
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
  const histories = new Map<string, (page: FirstPage) => Loader<string, Message[]>>();
  const createHistories = ({ forward, beyond }: HistoryPage) =>
    createFirstPageLoaders(
      (ids: readonly string[], { take }) =>
        db.$queryRaw<Message[]>(historyQuery(ids, { forward, beyond, take })),
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
      const start = JSON.stringify([page.forward, page.beyond]);
      const loaders = histories.get(start) ?? createHistories(page);
      histories.set(start, loaders);
      return loaders(page);
    },
  };
}

import { createFirstPageLoaders, type Loader, type Viewer } from '@diaspora/kit';
import type { Db } from '../database.js';
import type { ReceiptModel } from '../models.js';
import { receiptPagesQuery } from './queries.js';
import type { ReceiptPage } from './rules.js';

export interface ReceiptLoaders {
  /** One page of the receipts of each conversation, by its key. Whoever asks takes part in it. */
  readonly receipts: (page: ReceiptPage) => Loader<string, ReceiptModel[]>;
}

export function createReceiptLoaders(db: Db, viewer: Viewer | null): ReceiptLoaders {
  const pages = new Map<string, Loader<string, ReceiptModel[]>>();
  const createPages = (page: ReceiptPage) =>
    createFirstPageLoaders(
      async (ids: readonly string[]) =>
        viewer ? db.$queryRaw<ReceiptModel[]>(receiptPagesQuery(ids, viewer.id, page)) : [],
      (receipt) => receipt.conversationId,
    )(page);
  return {
    receipts: (page) => {
      const shape = JSON.stringify([page.forward, page.beyond, page.take]);
      const loader = pages.get(shape) ?? createPages(page);
      pages.set(shape, loader);
      return loader;
    },
  };
}

import { addJob, defineJob } from '@diaspora/kit';
import { z } from 'zod';
import type { Transaction } from './database.js';

const change = z.object({
  conversationId: z.uuid(),
  /** Of these people, or of everybody who takes part in it. */
  lists: z.union([z.literal('ALL'), z.array(z.uuid())]),
});

/** Wakes whoever follows a conversation, who are asked again whether they may, and the lists that it has changed in. */
export const announceChange = defineJob('announceChange', change);

/** Wakes the lists only: nobody who follows the conversation has anything to hear of it. */
export const announceLists = defineJob('announceLists', change);

export interface Change {
  readonly conversationId: string;
  readonly lists: 'ALL' | readonly string[];
}

const added =
  (job: typeof announceChange) =>
  async (tx: Transaction, { conversationId, lists }: Change): Promise<void> => {
    await addJob(tx, job, { conversationId, lists: lists === 'ALL' ? lists : [...lists] });
  };

/** For transactions after whose commit nobody is there to announce anything: those of messages, erasures and jobs. */
export const announceLater = added(announceChange);

/** The same of what is told in lists only. */
export const announceListsLater = added(announceLists);

import { addJob, defineJob } from '@diaspora/kit';
import { z } from 'zod';
import type { Transaction } from './database.js';

/**
 * Wakes whoever follows a conversation, who are asked again whether they may, and the lists of these people or of everybody
 * who takes part in it.
 */
export const announceChange = defineJob(
  'announceChange',
  z.object({ conversationId: z.uuid(), lists: z.union([z.literal('ALL'), z.array(z.uuid())]) }),
);

interface Change {
  readonly conversationId: string;
  readonly lists: 'ALL' | readonly string[];
}

/** For transactions after whose commit nobody is there to announce anything: those of messages, erasures and jobs. */
export const announceLater = async (tx: Transaction, { conversationId, lists }: Change): Promise<void> => {
  await addJob(tx, announceChange, { conversationId, lists: lists === 'ALL' ? lists : [...lists] });
};

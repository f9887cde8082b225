import { parseInput, type Clock } from '@diaspora/kit';
import { appendEvent } from '../conversation-events/index.js';
import type { Db, Transaction } from '../database.js';
import { assertReferences } from '../message-content/index.js';
import { enter } from '../messages/index.js';
import { draftInput } from './rules.js';

export type Drafts = ReturnType<typeof createDrafts>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

interface Side {
  readonly conversationId: string;
  readonly userId: string;
}

export function createDrafts({ db, clock, announce }: Dependencies) {
  /** The last one that is kept counts. One that says the same changes nothing and is told to nobody. */
  async function save(side: Side, input: { text: string; replyToId?: string | null }): Promise<void> {
    const { text, replyToId } = parseInput(draftInput, input);
    const isChanged = await db.$transaction(async (tx) => {
      await enter(tx, { conversationId: side.conversationId, personId: side.userId });
      if (text === '' && replyToId === null) return clear(tx, side);
      await assertReferences(
        tx,
        { conversationId: side.conversationId, senderId: side.userId },
        { replyToId, mentionIds: [], contactId: null },
      );
      const key = { conversationId_userId: side };
      const known = await tx.draft.findUnique({ where: key });
      if (known?.text === text && known.replyToId === replyToId) return false;
      const draft = { text, replyToId, savedAt: clock.now() };
      await tx.draft.upsert({ where: key, create: { ...side, ...draft }, update: draft });
      await tell(tx, side);
      return true;
    });
    if (isChanged) void announce(side.conversationId);
  }

  /** Under the lock of the conversation. */
  async function clear(tx: Transaction, side: Side): Promise<boolean> {
    const { count } = await tx.draft.deleteMany({ where: side });
    if (count > 0) await tell(tx, side);
    return count > 0;
  }

  const tell = async (tx: Transaction, { conversationId, userId }: Side): Promise<void> => {
    const event = { kind: 'DRAFT_CHANGED', actorId: userId, audience: [userId] } as const;
    await appendEvent(tx, conversationId, { ...event, occurredAt: clock.now() });
  };

  return { save, clear };
}

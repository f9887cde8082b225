import { AppError, hourMs, parseInput, type Clock } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import { appendEvent } from '../conversation-events/index.js';
import type { Db, Transaction } from '../database.js';
import { messageEditIds } from '../ids.js';
import { enterFor } from '../messages/index.js';
import { assertEditable, editInput, mostEdits } from './rules.js';

export type Editing = ReturnType<typeof createEditing>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** How long after it was sent a message can be changed. */
  readonly hours: number;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

interface Edit {
  readonly personId: string;
  readonly messageId: string;
  readonly expectedVersion: number;
  readonly text: string;
}

export function createEditing({ db, clock, hours, announce }: Dependencies) {
  /** The same text again changes nothing, so that a repeated call is the same call. */
  async function edit(given: Edit): Promise<Message> {
    const wanted = { ...given, ...parseInput(editInput, given) };
    const { message, isChanged } = await db.$transaction(async (tx) => {
      const message = await enterFor(tx, wanted);
      const limits = { now: clock.now(), windowMs: hours * hourMs };
      if (!assertEditable(message, wanted, limits)) return { message, isChanged: false };
      return { message: await replace(tx, message, wanted.text), isChanged: true };
    });
    if (isChanged) void announce(message.conversationId);
    return message;
  }

  async function replace(tx: Transaction, message: Message, text: string): Promise<Message> {
    const { id, conversationId, senderId } = message;
    if ((await tx.messageEdit.count({ where: { messageId: id } })) >= mostEdits)
      throw new AppError('CONFLICT', `A message can be changed ${mostEdits} times.`, { path: ['messageId'] });
    const editedAt = clock.now();
    const former = { id: messageEditIds.create(), messageId: id, text: message.text, replacedAt: editedAt };
    await tx.messageEdit.create({ data: former });
    const event = { kind: 'MESSAGE_EDITED', messageId: id, actorId: senderId, occurredAt: editedAt } as const;
    await appendEvent(tx, conversationId, event);
    return tx.message.update({ where: { id }, data: { text, editedAt, version: { increment: 1 } } });
  }

  return { edit };
}

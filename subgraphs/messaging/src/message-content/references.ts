import { AppError } from '@diaspora/kit';
import { isBlocked } from '../blocks.js';
import { seenAmong } from '../conversations/index.js';
import type { Transaction } from '../database.js';
import type { MessageBody } from './rules.js';

interface Writing {
  readonly conversationId: string;
  readonly senderId: string;
}

/** Throws when the body points at something that its sender does not see. Plain text costs no statement. */
export async function assertReferences(
  tx: Transaction,
  writing: Writing,
  { replyToId, mentionIds, contactId }: Pick<MessageBody, 'replyToId' | 'mentionIds' | 'contactId'>,
): Promise<void> {
  if (replyToId && !(await mayAnswer(tx, writing, replyToId)))
    throw new AppError('NOT_FOUND', 'There is no such message here.', { path: ['replyToId'] });
  if (mentionIds.length > 0 && !(await takePart(tx, writing, mentionIds)))
    throw new AppError('NOT_FOUND', 'Only people of the conversation can be called.', {
      path: ['mentionedUserIds'],
    });
  if (contactId && !(await mayShow(tx, writing, contactId)))
    throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['contactId'] });
}

async function mayAnswer(tx: Transaction, { conversationId, senderId }: Writing, id: string) {
  const there = { id, conversationId, kind: 'TEXT' as const, deletedAt: null, erasedAt: null };
  return (await tx.message.count({ where: there })) > 0 && (await seenAmong(tx, senderId, [id])).length > 0;
}

async function takePart(tx: Transaction, { conversationId }: Writing, mentionIds: string[]) {
  const where = { conversationId, userId: { in: mentionIds }, leftAt: null };
  return (await tx.participant.count({ where })) === mentionIds.length;
}

/** Anybody of the community but those whom a block separates from the sender. */
async function mayShow(tx: Transaction, { senderId }: Writing, contactId: string) {
  const isThere = (await tx.member.count({ where: { id: contactId, erasedAt: null } })) > 0;
  return isThere && !(await isBlocked(tx, senderId, contactId));
}

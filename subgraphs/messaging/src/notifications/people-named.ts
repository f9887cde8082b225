import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import { isAccepted, isSeenBy } from '../conversations/index.js';
import { Prisma, type Transaction } from '../database.js';
import { messageIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import { namedNotice, type Named } from './group-rules.js';
import type { Telling } from './telling.js';

const own = messagesFrom<MessagingMessages, Transaction>('messaging');
const sent = z.object({ messageId: z.string().transform((id) => messageIds.decode(id)) });

/** Whoever is called in a message, or brought into a group by one of the system, is told at once. */
export const createNamedHandlers = ({ tellAll }: Pick<Telling, 'tellAll'>): MessageHandler<Transaction>[] => [
  own.on('message.sent', sent, async ({ data: { messageId } }, tx) =>
    tellAll(tx, (await namedIn(tx, messageId)).map(namedNotice)),
  ),
];

/**
 * Who takes part, has accepted the conversation and has not read the message yet; muted or not. Its row is locked, so that
 * whoever deletes it meanwhile finds the notices and takes them back.
 */
const namedIn = (tx: Transaction, messageId: string) =>
  tx.$queryRaw<Named[]>`
    SELECT m.id AS "messageId", m.conversation_id AS "conversationId", m.sender_id AS "senderId",
      p.user_id AS "recipientId", m.kind = 'SYSTEM' AS "isAdded"
    FROM messages m
    CROSS JOIN LATERAL unnest(CASE m.system ->> 'type' WHEN 'ADDED'
      THEN ARRAY(SELECT jsonb_array_elements_text(m.system -> 'personIds'))::uuid[] ELSE m.mention_ids END) AS named(id)
    JOIN participants p ON p.conversation_id = m.conversation_id AND p.user_id = named.id
    WHERE m.id = ${messageId}::uuid AND m.deleted_at IS NULL AND m.erased_at IS NULL AND p.left_at IS NULL
      AND ${isAccepted} AND p.read_up_to_sequence < m.sequence AND ${isSeenBy(Prisma.sql`p.user_id`)}
    FOR SHARE OF m`;

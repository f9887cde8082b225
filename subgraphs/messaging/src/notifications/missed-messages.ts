import {
  defineJob,
  messagesFrom,
  minuteMs,
  onJob,
  type Clock,
  type JobTasks,
  type MessageHandler,
} from '@diaspora/kit';
import { z } from 'zod';
import { isSeenBy, isToldAt } from '../conversations/index.js';
import type { Notification } from '../__generated__/prisma/client.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { conversationIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import type { Notice } from './rules.js';
import type { Telling } from './telling.js';

const own = messagesFrom<MessagingMessages, Transaction>('messaging');
const sent = z.object({
  conversationId: z.string().transform((id) => conversationIds.decode(id)),
  sentAt: z.coerce.date(),
});

export const tellMissedMessages = defineJob('tellMissedMessages', z.object({}));

/** How long a message may wait for its reader before they are told elsewhere. */
const patienceMs = 5 * minuteMs;
const batchSize = 50;

interface Unread {
  readonly conversationId: string;
  readonly recipientId: string;
  readonly readUpToSequence: number;
  readonly senderId: string;
  readonly sentAt: Date;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly telling: Telling;
}

/** Tells people of what they have not read for a while: once until they read on, however much is written meanwhile. */
export function createMissedMessages({ db, clock, telling }: Dependencies) {
  const checkAt = (tx: Transaction, conversationId: string, dueAt: Date) =>
    tx.missedCheck.createMany({ data: [{ conversationId, dueAt }], skipDuplicates: true });

  /** A batch of conversations; false when there was none. */
  const tellBatch = (): Promise<boolean> =>
    db.$transaction(async (tx) => {
      const due = await tx.$queryRaw<{ conversationId: string }[]>`
        DELETE FROM missed_checks WHERE conversation_id IN (
          SELECT conversation_id FROM missed_checks WHERE due_at <= ${clock.now()}
          ORDER BY due_at LIMIT ${batchSize} FOR UPDATE SKIP LOCKED)
        RETURNING conversation_id AS "conversationId"`;
      const unread = await unreadIn(
        tx,
        due.map(({ conversationId }) => conversationId),
        clock.now(),
      );
      const before = clock.now().getTime() - patienceMs;
      const hasWaited = ({ sentAt }: Unread) => sentAt.getTime() <= before;
      for (const { conversationId, sentAt } of unread.filter((each) => !hasWaited(each)))
        await checkAt(tx, conversationId, new Date(sentAt.getTime() + patienceMs));
      await telling.tellAll(tx, unread.filter(hasWaited).map(missedNotice));
      return due.length > 0;
    });

  const handlers: MessageHandler<Transaction>[] = [
    own.on('message.sent', sent, async ({ data: { conversationId, sentAt } }, tx) => {
      await checkAt(tx, conversationId, new Date(sentAt.getTime() + patienceMs));
    }),
  ];
  const jobs: JobTasks = onJob(tellMissedMessages, async (_payload, { signal }) => {
    while (!signal.aborted && (await tellBatch()));
  });
  return { handlers, jobs, crontab: `* * * * * ${tellMissedMessages.name}` };
}

/**
 * Of everybody who has not read all of a conversation that is neither muted nor a request, the first message they have not
 * read. Whoever was told that they are called there knows that something waits.
 */
const unreadIn = (tx: Transaction, conversationIds: readonly string[], now: Date) =>
  tx.$queryRaw<Unread[]>`
    SELECT p.conversation_id AS "conversationId", p.user_id AS "recipientId",
      p.read_up_to_sequence AS "readUpToSequence", first.sender_id AS "senderId", first.sent_at AS "sentAt"
    FROM participants p CROSS JOIN LATERAL (
      SELECT m.sender_id, m.sent_at FROM messages m
      WHERE m.conversation_id = p.conversation_id AND m.sequence > p.read_up_to_sequence
        AND m.sender_id <> p.user_id AND m.erased_at IS NULL AND m.deleted_at IS NULL AND m.kind <> 'SYSTEM'
        AND ${isSeenBy(Prisma.sql`p.user_id`)}
      ORDER BY m.sequence LIMIT 1) first
    WHERE p.conversation_id = ANY (${[...conversationIds]}::uuid[]) AND p.unread_count > 0 AND ${isToldAt(now)}
      AND NOT EXISTS (SELECT FROM notifications n
        WHERE n.recipient_id = p.user_id AND n.object_id = p.conversation_id AND n.type = 'MENTIONED'
          AND n.is_in_inbox AND n.read_at IS NULL AND n.withdrawn_at IS NULL)
    ORDER BY p.conversation_id, p.user_id`;

/** Whether what the notice tells of still waits: its reader has neither read on, nor left, nor asked not to be told. */
export async function isStillMissed(
  tx: Transaction,
  { recipientId, subjectId, occasion }: Pick<Notification, 'recipientId' | 'subjectId' | 'occasion'>,
  now: Date,
): Promise<boolean> {
  const waiting = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM participants p WHERE p.conversation_id = ${subjectId}::uuid AND p.user_id = ${recipientId}::uuid
      AND p.unread_count > 0 AND p.conversation_id || ':' || p.read_up_to_sequence = ${occasion} AND ${isToldAt(now)}`;
  return waiting.length > 0;
}

/** Their marker makes the occasion: what arrives before they read on is the same one. */
const missedNotice = ({ conversationId, recipientId, readUpToSequence, senderId }: Unread): Notice => ({
  recipientId,
  type: 'MESSAGES_MISSED',
  occasion: `${conversationId}:${readUpToSequence}`,
  subjectType: 'CONVERSATION',
  subjectId: conversationId,
  actorId: senderId,
});

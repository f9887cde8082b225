import { AppError, type Clock } from '@diaspora/kit';
import type { ScheduledMessage } from '../__generated__/prisma/client.js';
import { appendEvent } from '../conversation-events/index.js';
import type { Db, Transaction } from '../database.js';
import { bodyOf, nothingSaid } from '../message-content/index.js';
import type { Messages } from '../messages/index.js';
import type { Telling } from '../notifications/index.js';
import { isSuspended } from '../suspensions.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly messages: Pick<Messages, 'post'>;
  readonly telling: Pick<Telling, 'tell'>;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

/**
 * The job at its time. The message and that it was sent commit together, and the message has the key of the row, so that
 * it is sent once, however often the job runs and whenever its process dies.
 */
export function createSending({ db, clock, messages, telling, announce }: Dependencies) {
  return async ({ id, version }: { id: string; version: number }): Promise<void> => {
    const row = await db.scheduledMessage.findFirst({ where: { id, version, status: 'PENDING' } });
    if (!row) return;
    try {
      await db.$transaction((tx) => send(tx, row));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await db.$transaction((tx) => fail(tx, row, error));
    }
    void announce(row.conversationId);
  };

  /** Conversation first, as everywhere; then the row, unless it was changed or taken back meanwhile. */
  async function send(tx: Transaction, row: ScheduledMessage): Promise<void> {
    const { conversationId, senderId, clientMessageId } = row;
    if (await isSuspended(tx, clock, senderId))
      throw new AppError('FORBIDDEN', 'Nothing is sent for an account that is suspended.');
    const message = await messages.post(tx, { conversationId, senderId, clientMessageId, body: bodyOf(row) });
    const { id, version } = row;
    const { count } = await tx.scheduledMessage.updateMany({
      where: { id, version, status: 'PENDING' },
      data: { ...nothingSaid, status: 'SENT', messageId: message.id },
    });
    if (count === 0) throw new Error('The message was changed while it was sent; its own job decides.');
  }

  async function fail(tx: Transaction, row: ScheduledMessage, { code, message }: AppError): Promise<void> {
    const { id, version, conversationId, senderId } = row;
    await tx.$queryRaw`SELECT FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
    const { count } = await tx.scheduledMessage.updateMany({
      where: { id, version, status: 'PENDING' },
      data: { status: 'FAILED', failureCode: code, failureMessage: message },
    });
    if (count === 0) return;
    const to = { actorId: senderId, audience: [senderId], occurredAt: clock.now() };
    await appendEvent(tx, conversationId, { kind: 'SCHEDULED_MESSAGE_FAILED', details: { id }, ...to });
    const subject = { subjectType: 'CONVERSATION', subjectId: conversationId } as const;
    const notice = {
      type: 'SCHEDULED_MESSAGE_FAILED',
      recipientId: senderId,
      occasion: id,
      actorId: null,
    } as const;
    await telling.tell(tx, { ...notice, ...subject });
  }
}

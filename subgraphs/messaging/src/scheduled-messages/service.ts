import { addJob, AppError, parseInput, type Clock, type Page, type Viewer } from '@diaspora/kit';
import type { ScheduledMessage } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { scheduledMessageIds } from '../ids.js';
import { sendScheduledMessage } from '../jobs.js';
import {
  bodyHashOf,
  messageBody,
  nothingSaid,
  sameMessage,
  saysSomething,
} from '../message-content/index.js';
import { clientMessageKey, enter, type Messages } from '../messages/index.js';
import { assertSendAt, assertWaiting, mostWaiting, scheduleChange } from './rules.js';

export type ScheduledMessages = ReturnType<typeof createScheduledMessages>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly messages: Pick<Messages, 'assertMaySay'>;
}

interface Request {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly sendAt: Date;
}

interface Change {
  readonly id: string;
  readonly senderId: string;
  readonly expectedVersion: number;
  readonly sendAt?: Date | null;
  readonly text?: string | null;
}

export function createScheduledMessages({ db, clock, messages }: Dependencies) {
  /** Checked as if it were sent now, and again when it is. The allowance of a free plan is taken now. */
  function schedule(
    sender: Viewer,
    { conversationId, sendAt, ...input }: Request,
  ): Promise<ScheduledMessage> {
    const clientMessageId = parseInput(clientMessageKey, input).clientMessageId;
    const body = parseInput(messageBody, input);
    return db.$transaction(async (tx) => {
      const key = { conversationId, senderId: sender.id, clientMessageId };
      await enter(tx, { conversationId, personId: sender.id });
      const bodyHash = bodyHashOf(body);
      const earlier = await tx.scheduledMessage.findUnique({
        where: { conversationId_senderId_clientMessageId: key },
      });
      if (earlier) return sameMessage(earlier, bodyHash);
      assertSendAt(sendAt, clock.now());
      await assertRoom(tx, key);
      await messages.assertMaySay(tx, sender, { conversationId, body });
      const row = await tx.scheduledMessage.create({
        data: { ...key, ...body, id: scheduledMessageIds.create(), bodyHash, sendAt, createdAt: clock.now() },
      });
      await addSending(tx, row);
      return row;
    });
  }

  /** Nothing is asked of the conversation: what has changed there is found when it is sent. */
  const update = ({ id, senderId, expectedVersion, ...input }: Change): Promise<ScheduledMessage> =>
    db.$transaction(async (tx) => {
      const { sendAt, text } = parseInput(scheduleChange, input);
      const row = await lockOwn(tx, { id, senderId });
      assertWaiting(row, expectedVersion);
      if (sendAt) assertSendAt(sendAt, clock.now());
      if (!saysSomething({ ...row, text: text ?? row.text }))
        throw new AppError('INVALID_INPUT', 'must say something', { path: ['text'] });
      const data = { sendAt: sendAt ?? row.sendAt, text: text ?? row.text, version: { increment: 1 } };
      const changed = await tx.scheduledMessage.update({ where: { id }, data });
      await addSending(tx, changed);
      return changed;
    });

  /** Also puts away one that failed. Repeated, it changes nothing. */
  const cancel = (own: { id: string; senderId: string }): Promise<ScheduledMessage> =>
    db.$transaction(async (tx) => {
      const row = await lockOwn(tx, own);
      if (row.status === 'CANCELLED') return row;
      if (row.status !== 'FAILED') assertWaiting(row);
      return tx.scheduledMessage.update({
        where: { id: row.id },
        data: { ...nothingSaid, status: 'CANCELLED' },
      });
    });

  async function lockOwn(
    tx: Transaction,
    { id, senderId }: { id: string; senderId: string },
  ): Promise<ScheduledMessage> {
    await tx.$queryRaw`SELECT FROM scheduled_messages WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.scheduledMessage.findFirst({ where: { id, senderId } });
    if (row) return row;
    throw new AppError('NOT_FOUND', 'There is no such message.', { path: ['scheduledMessageId'] });
  }

  async function assertRoom(
    tx: Transaction,
    key: { conversationId: string; senderId: string },
  ): Promise<void> {
    const { conversationId, senderId } = key;
    const where = { conversationId, senderId, status: 'PENDING' as const };
    if ((await tx.scheduledMessage.count({ where })) < mostWaiting) return;
    throw new AppError('CONFLICT', `${mostWaiting} messages wait here already.`, {
      path: ['conversationId'],
    });
  }

  /** The version tells a job that it was overtaken by a change. */
  const addSending = (tx: Transaction, { id, version, sendAt }: ScheduledMessage): Promise<string> =>
    addJob(tx, sendScheduledMessage, { id, version }, { runAt: sendAt, jobKey: `scheduled:${id}` });

  const listOf = (senderId: string, conversationId: string | null, page: Page): Promise<ScheduledMessage[]> =>
    db.scheduledMessage.findMany({
      where: {
        AND: [
          { senderId, status: { in: ['PENDING', 'FAILED'] }, ...(conversationId && { conversationId }) },
          page.where,
        ],
      },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { schedule, update, cancel, listOf };
}

import { addJobs, defineJob } from '@diaspora/kit';
import { z } from 'zod';
import type { Transaction } from '../database.js';

/** Sends what is due to one webhook. Waits for servers of others. */
export const sendToWebhook = defineJob('sendToWebhook', z.object({ webhookId: z.uuid() }), { isSlow: true });
/** Removes what nobody looks up any more. */
export const forgetWebhookEvents = defineJob('forgetWebhookEvents', z.object({}));

/** One at a time for each webhook, in the order in which they asked: a slow one takes its turns as all others do. */
const queueOf = (webhookId: string) => `webhook:${webhookId}`;

/** There is something to send. Asked for again, it keeps its turn. In the order of the webhooks, as their keys are locked. */
export const wake = async (tx: Transaction, webhookIds: readonly string[], runAt: Date): Promise<void> => {
  const wishes = [...webhookIds].sort().map((webhookId) => ({
    payload: { webhookId },
    options: { runAt, jobKey: queueOf(webhookId), keepsTime: true, queueName: queueOf(webhookId) },
  }));
  await addJobs(tx, sendToWebhook, wishes);
};

/** The next turn of a webhook. A key of its own: whoever plans it does not know of what is committed meanwhile. */
export const planTurn = async (tx: Transaction, webhookId: string, runAt: Date): Promise<void> => {
  const queueName = queueOf(webhookId);
  await addJobs(tx, sendToWebhook, [
    { payload: { webhookId }, options: { runAt, jobKey: `${queueName}:next`, queueName } },
  ]);
};

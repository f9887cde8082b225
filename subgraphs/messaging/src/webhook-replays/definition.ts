import { AppError, defineLongJob, idempotencyKey, type LongJobRow } from '@diaspora/kit';
import { z } from 'zod';

export const replayWebhookDeliveries = defineLongJob('replayWebhookDeliveries', {
  input: z.object({
    webhookId: z.uuid(),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    includesDelivered: z.boolean(),
  }),
  /** The last one that was put on its way. */
  cursor: z.object({ createdAt: z.iso.datetime(), id: z.uuid() }),
  unit: 'deliveries',
});

export type ReplayInput = z.output<typeof replayWebhookDeliveries.input>;
export type ReplayCursor = z.output<typeof replayWebhookDeliveries.cursor>;
export type WebhookReplay = LongJobRow<ReplayInput, null>;

export const wanted = z.object({
  idempotencyKey: idempotencyKey(),
  since: z.date(),
  until: z.date().nullish(),
  includesDelivered: z.boolean().default(false),
});

export function assertRange(since: Date, until: Date): void {
  if (since >= until)
    throw new AppError('INVALID_INPUT', 'The range ends before it begins.', { path: ['until'] });
}

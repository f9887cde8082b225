import { AppError, dayMs, type Audit, type Clock, type Page } from '@diaspora/kit';
import type { WebhookDelivery, WebhookDeliveryStatus } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { webhookDeliveryIds, webhookEventIds, webhookIds } from '../ids.js';
import { pageOfStates } from '../pages-of-states.js';
import type { Webhooks } from '../webhooks/index.js';
import type { FanOut } from './fan-out.js';
import { wake } from './jobs.js';
import { maxAttempts } from './rules.js';

export type WebhookLog = ReturnType<typeof createWebhookLog>;

export interface DeliveryFilter {
  readonly statuses?: readonly WebhookDeliveryStatus[] | null | undefined;
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly webhooks: Pick<Webhooks, 'changing'>;
  readonly fanOut: Pick<FanOut, 'sendTest'>;
}

const keptDays = 30;
const atOnce = 1_000;

export const assertEnabled = ({ status }: { readonly status: string }): void => {
  if (status !== 'ENABLED')
    throw new AppError('CONFLICT', 'Turn the webhook on first.', { path: ['webhookId'] });
};

/** Puts on its way again what matches, as if it had not been tried; what is on its way stays as it is. */
export const sendAgain = (now: Date) =>
  ({ status: 'PENDING', attemptsLeft: maxAttempts, notBefore: now, reason: null, settledAt: null }) as const;

/** What partners were told, and what became of it. */
export function createWebhookLog({ db, clock, audit, webhooks, fanOut }: Dependencies) {
  const list = (
    webhookId: string,
    { statuses, since, until }: DeliveryFilter,
    page: Page,
  ): Promise<WebhookDelivery[]> => {
    const createdAt = { ...(since && { gte: since }), ...(until && { lt: until }) };
    return pageOfStates(statuses, page, (state) =>
      db.webhookDelivery.findMany({
        where: { AND: [{ webhookId, createdAt, ...state }, page.where] },
        orderBy: page.orderBy,
        take: page.take,
      }),
    );
  };

  const sendTest = async (webhookId: string): Promise<WebhookDelivery> => {
    const eventId = webhookEventIds.create();
    return webhooks.changing(webhookId, async (tx, webhook) => {
      assertEnabled(webhook);
      await fanOut.sendTest(tx, webhookId, eventId);
      const subject = { type: 'Webhook', id: webhookIds.encode(webhookId) };
      await audit.record(tx, { action: 'webhook.tested', subject });
      return tx.webhookDelivery.findFirstOrThrow({ where: { eventId } });
    });
  };

  /** The receiver knows it by its id. */
  async function replay(id: string): Promise<WebhookDelivery> {
    const known = await db.webhookDelivery.findUnique({ where: { id } });
    if (!known) throw noSuchDelivery();
    return webhooks.changing(known.webhookId, async (tx, webhook) => {
      assertEnabled(webhook);
      const where = { id, NOT: { status: 'PENDING' as const } };
      const [delivery] = await tx.webhookDelivery.updateManyAndReturn({
        where,
        data: sendAgain(clock.now()),
      });
      if (!delivery) throw await refusalOf(tx, id);
      await wake(tx, [webhook.id], clock.now());
      const subject = { type: 'WebhookDelivery', id: webhookDeliveryIds.encode(id) };
      await audit.record(tx, { action: 'webhookDelivery.replayed', subject });
      return delivery;
    });
  }

  const refusalOf = async (tx: Transaction, id: string) =>
    (await tx.webhookDelivery.count({ where: { id } })) === 0
      ? noSuchDelivery()
      : new AppError('CONFLICT', 'It is on its way already.', { path: ['webhookDeliveryId'] });

  /** Each night. A webhook that was removed goes with the last of what was sent there. */
  async function forget(): Promise<void> {
    const before = new Date(clock.now().getTime() - keptDays * dayMs);
    for (let removed = atOnce; removed === atOnce;)
      removed = await db.$executeRaw`
        DELETE FROM webhook_events WHERE id = ANY(ARRAY(
          SELECT id FROM webhook_events WHERE created_at < ${before} ORDER BY created_at LIMIT ${atOnce}))`;
    await db.webhook.deleteMany({ where: { status: 'REMOVED', deliveries: { none: {} } } });
  }

  return { list, sendTest, replay, forget };
}

const noSuchDelivery = () =>
  new AppError('NOT_FOUND', 'There is no such delivery.', { path: ['webhookDeliveryId'] });

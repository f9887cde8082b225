import type { Clock, Message, MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import type { Prisma, WebhookEvent } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { userIds, webhookDeliveryIds, webhookIds } from '../ids.js';
import { catalogue, type Offer } from '../webhook-catalogue/index.js';
import { filterOf, matches } from '../webhooks/index.js';
import { wake } from './jobs.js';
import { maxAttempts } from './rules.js';

export type FanOut = ReturnType<typeof createFanOut>;

type Told = Pick<WebhookEvent, 'id' | 'source' | 'type' | 'version' | 'subject' | 'occurredAt'> & {
  readonly data: Readonly<Record<string, unknown>>;
};

/**
 * Puts what happened on its way to all who want to hear of it, in the transaction that handles the message: one event
 * under the message's id, one delivery for each webhook. Nothing is written when nobody does.
 */
export function createFanOut({ clock }: { readonly clock: Clock }) {
  async function tell(tx: Transaction, offer: Offer, { id, key, time, data }: Message): Promise<void> {
    const webhooks = await tx.webhook.findMany({
      where: { eventTypes: { has: offer.type }, NOT: { status: 'REMOVED' } },
    });
    if (webhooks.length === 0) return;
    const shown = offer.narrow(offer.schema.parse(data));
    const listeners = webhooks.filter((webhook) => matches(filterOf(webhook), shown));
    const { source, type, version } = offer;
    const told = { id, source, type, version, subject: key, occurredAt: time, data: shown };
    await send(
      tx,
      told,
      listeners.map((webhook) => webhook.id),
    );
  }

  async function send(tx: Transaction, told: Told, listenerIds: readonly string[]): Promise<void> {
    if (listenerIds.length === 0) return;
    const now = clock.now();
    const row = { ...told, data: told.data as Prisma.InputJsonObject, personIds: peopleIn(told.data) };
    await tx.webhookEvent.createMany({ data: [{ ...row, createdAt: now }], skipDuplicates: true });
    const deliveries = listenerIds.map((webhookId) => ({
      ...{ id: webhookDeliveryIds.create(), webhookId, eventId: told.id },
      ...{ attemptsLeft: maxAttempts, notBefore: now, createdAt: now },
    }));
    await tx.webhookDelivery.createMany({ data: deliveries, skipDuplicates: true });
    await wake(tx, listenerIds, now);
  }

  /** Something that did not happen, to see whether it arrives. */
  async function sendTest(tx: Transaction, webhookId: string, eventId: string): Promise<void> {
    const now = clock.now();
    const subject = webhookIds.encode(webhookId);
    const what = { id: eventId, source: 'messaging', type: 'webhook.test', version: 1, subject };
    const data = { webhookId: subject, sentAt: now.toISOString() };
    await send(tx, { ...what, occurredAt: now, data }, [webhookId]);
  }

  /** What is in it is looked at where somebody listens. */
  const schema = z.unknown();
  const handlers: MessageHandler<Transaction>[] = catalogue.map((offer) => ({
    ...{ source: offer.source, type: offer.type, version: offer.version, schema },
    handle: (message, tx) => tell(tx, offer, message),
  }));

  return { handlers, sendTest };
}

/** Whom the data names, so that they can be found when they are erased. */
function peopleIn(data: unknown): string[] {
  const found = Object.values(data ?? {})
    .flat()
    .flatMap((value) => (typeof value === 'string' ? (userIds.find(value) ?? []) : []));
  return [...new Set(found)];
}

import { createHmac } from 'node:crypto';
import type { WebhookEvent } from '../__generated__/prisma/client.js';
import { webhookEventIds } from '../ids.js';

/** A CloudEvent in structured mode (https://github.com/cloudevents/spec): the same text in each repetition. */
export const bodyOf = (event: WebhookEvent): string =>
  JSON.stringify({
    specversion: '1.0',
    id: webhookEventIds.encode(event.id),
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.occurredAt.toISOString(),
    dataversion: event.version,
    datacontenttype: 'application/json',
    data: event.data,
  });

/** Signed by each secret that holds, as Standard Webhooks has it (https://www.standardwebhooks.com). */
export function headersOf(event: WebhookEvent, body: string, { secrets, now }: Signing) {
  const id = webhookEventIds.encode(event.id);
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signatures = secrets.map((secret) => `v1,${signatureOf(secret, `${id}.${timestamp}.${body}`)}`);
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': 'diaspora-webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

interface Signing {
  readonly secrets: readonly string[];
  readonly now: Date;
}

const signatureOf = (secret: string, content: string): string =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(content)
    .digest('base64');

import { run } from '../actions.js';
import type { Client } from '../client.js';

interface Made {
  readonly id: string;
}

/** Where a partner would be told, if anybody was there, and one to be removed. */
export async function makeWebhooks(root: Client) {
  const create = async (idempotencyKey: string) => {
    const what = { name: 'Partner', url: 'https://nobody.example/', eventTypes: ['office.ended'] };
    const input = { idempotencyKey, ...what };
    return (await run<{ webhook: Made }>(root, 'createWebhook', input, 'webhook { id }')).webhook.id;
  };
  return { Webhook: await create('webhook'), SpareWebhook: await create('another webhook') };
}

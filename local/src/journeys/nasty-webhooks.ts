import { run } from '../actions.js';
import type { Client } from '../client.js';

interface Made {
  readonly id: string;
}

/** Where a partner would be told of what does not happen here: nothing is sent and tried again. One is to be removed. */
export async function makeWebhooks(root: Client) {
  const create = async (idempotencyKey: string) => {
    const what = { name: 'Partner', url: 'https://nobody.example/', eventTypes: ['webhook.disabled'] };
    const input = { idempotencyKey, ...what };
    return (await run<{ webhook: Made }>(root, 'createWebhook', input, 'webhook { id }')).webhook.id;
  };
  return {
    Webhook: await create('webhook'),
    SpareWebhook: await create('another webhook'),
    ReplayedWebhook: await create('one more webhook'),
  };
}

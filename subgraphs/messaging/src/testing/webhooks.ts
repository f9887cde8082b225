import { aViewer } from '@diaspora/kit/testing';
import type { Messaging } from './given.js';

const create = `mutation ($input: CreateWebhookInput!) {
  createWebhook(input: $input) { webhook { id url status version } secret userErrors { code message path } }
}`;

export interface MadeWebhook {
  readonly id: string;
  readonly secret: string;
}

/** What tests of webhooks do over and over, as a super user. */
export function partnering(messaging: Messaging) {
  const viewer = aViewer({ roles: ['SUPER_USER', 'REGULAR'] });
  const root = messaging.as(viewer);
  let keys = 0;
  const inputOf = (overrides: object = {}) => ({
    ...{ idempotencyKey: `webhook-${++keys}`, name: 'Box office' },
    ...{ url: 'https://partner.example/hooks', eventTypes: ['event.cancelled'] },
    ...overrides,
  });
  const ask = (overrides: object = {}) => root.execute(create, { input: inputOf(overrides) });

  async function webhook(overrides: object = {}): Promise<MadeWebhook> {
    const { data, errors } = await ask(overrides);
    const { webhook: made, secret, userErrors } = data?.createWebhook ?? {};
    if (!made) throw new Error(JSON.stringify([errors, userErrors]));
    return { id: made.id as string, secret: secret as string };
  }

  /** One mutation, by its name; answers its payload. */
  async function change(name: string, input: object, fields = 'webhook { id status version }') {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code path } } }`;
    return (await root.execute(document, { input })).data[name];
  }

  return { root, viewer, create, inputOf, ask, webhook, change };
}

import { list } from '@diaspora/kit/core';
import { z } from 'zod';

const whole = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

/** `messaging=ws://127.0.0.1:4004/live` */
const urls = () =>
  list().transform((pairs, context) => {
    const byName: Record<string, string> = {};
    for (const pair of pairs) {
      const [, name, url] = /^([\w-]+)=(wss?:\/\/.+)$/.exec(pair) ?? [];
      if (name && url && URL.canParse(url)) byName[name] = url;
      else context.addIssue({ code: 'custom', message: `"${pair}" must look like users=ws://host:port` });
    }
    return byName;
  });

/** Settings of subscriptions, to be spread into the router's. */
export const subscriptionSettings = {
  SUBSCRIPTION_URLS: urls()
    .default({})
    .describe('users=ws://host:port/path,...: where a subgraph has its WebSocket, if not at its routing URL'),
  SUBSCRIPTION_CONNECTIONS: whole(50_000).describe('WebSockets and event streams of all clients together'),
  SUBSCRIPTION_CONNECTIONS_PER_CALLER: whole(100).describe(
    'WebSockets and event streams of one signed-in caller',
  ),
  SUBSCRIPTIONS_PER_CONNECTION: whole(100).describe('Operations on one WebSocket at a time'),
  SUBSCRIPTION_INIT_TIMEOUT_MS: whole(5_000).describe('Until a WebSocket must have sent connection_init'),
  SUBSCRIPTION_BUFFER_BYTES: whole(1_000_000).describe(
    'Unread bytes at which a connection counts as too slow',
  ),
  SUBSCRIPTION_QUEUE: whole(1_000).describe('Events on their way to one subscription'),
  SUBSCRIPTION_RESUME_MS: whole(60_000).describe('How long a lost subgraph is waited for by subscriptions'),
  SUBSCRIPTION_RECHECK_MS: whole(30_000).describe('How often callers of quiet connections are checked again'),
};

import {
  flag,
  list,
  loadConfig,
  ownUrl,
  privateStoreConfigShape,
  secret,
  subgraphConfigShape,
  url,
} from '@diaspora/kit';
import { z } from 'zod';
import { pushConfigShape, readPushSettings } from './delivery/push-settings.js';

export type MessagingConfig = ReturnType<typeof loadMessagingConfig>;

const withoutSlash = (address: string) => address.replace(/\/+$/, '');

/** Pure: the environment is an argument. */
export function loadMessagingConfig(env: Readonly<Record<string, string | undefined>>) {
  const config = loadConfig(
    {
      ...subgraphConfigShape,
      ...privateStoreConfigShape,
      ...pushConfigShape,
      /** What a person on the free plan may write a day (UTC) to people who have not written back. */
      FREE_MESSAGES_PER_DAY: z.coerce.number().int().min(1).max(100_000).default(50),
      /** How long after it was sent a message can be changed. */
      MESSAGE_EDIT_HOURS: z.coerce.number().int().min(0).max(8_760).default(24),
      /** How long after it was sent its sender can take a message back from everybody. */
      MESSAGE_DELETE_HOURS: z.coerce.number().int().min(0).max(8_760).default(48),
      /** Seals at rest what leads to people's devices and chats, and the links that end mails. */
      SEALING_SECRET: secret(),
      /** Where the world reaches this service's own routes (`/unsubscribe`); its own address unless given. */
      PUBLIC_URL: url('http', 'https').optional(),
      /** Where people use the platform: notifications link to `/notifications/<id>` there, or nowhere. */
      APP_URL: url('http', 'https').transform(withoutSlash).optional(),
      /** Hosts of the incoming webhooks by which people may connect a chat. */
      CHAT_WEBHOOK_HOSTS: list().default(['hooks.slack.com']),
      /** Hosts in the own network, each with its port (`erp.internal:8443`), to which people may have things sent. */
      TARGETS_INNER_HOSTS: list().default([]),
      /** Lets people name any address in the own network, and without TLS. */
      TARGETS_OPEN: flag().default(false),
    },
    env,
  );
  return {
    ...config,
    PUBLIC_URL: withoutSlash(config.PUBLIC_URL ?? ownUrl(config)),
    push: readPushSettings(config),
  };
}

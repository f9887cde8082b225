import {
  ConfigError,
  flag,
  list,
  loadConfig,
  mailConfigShape,
  ownUrl,
  privateStoreConfigShape,
  secret,
  subgraphConfigShape,
  url,
} from '@diaspora/kit';
import { z } from 'zod';

export type EventsConfig = ReturnType<typeof loadEventsConfig>;

/** Pure: the environment is an argument. */
export function loadEventsConfig(env: Readonly<Record<string, string | undefined>>) {
  const config = loadConfig(
    {
      ...subgraphConfigShape,
      ...privateStoreConfigShape,
      ...mailConfigShape,
      /** Seals at rest what must not be read from the database alone, such as keys that sign. */
      SEALING_SECRET: secret(),
      /** Where the world reaches this service's own routes (`/calendar/...`); its own address unless given. */
      PUBLIC_URL: url('http', 'https').optional(),
      /** Requests a minute that one address may make of these routes. Large calendars fetch for many people from one. */
      ADDRESS_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).default(600),
      /** Proxies in front of these routes whose X-Forwarded-For entry counts. */
      TRUSTED_PROXIES: z.coerce.number().int().min(0).default(0),
      /** Of the application at Google that people let into their calendar; without both nobody connects one. */
      GOOGLE_CLIENT_ID: z.string().optional(),
      GOOGLE_CLIENT_SECRET: z.string().optional(),
      /** Where Google may send people back to. */
      CALENDAR_REDIRECT_URIS: list().default([]),
      /** Lets people name CalDAV servers in the own network, and without TLS. */
      CALDAV_OPEN: flag().default(false),
    },
    env,
  );
  if ((config.GOOGLE_CLIENT_ID === undefined) !== (config.GOOGLE_CLIENT_SECRET === undefined))
    throw new ConfigError(['GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET: one is wanted beside the other']);
  return { ...config, PUBLIC_URL: (config.PUBLIC_URL ?? ownUrl(config)).replace(/\/+$/, '') };
}

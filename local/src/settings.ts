import path from 'node:path';
import { loadConfig, logLevel, port, url } from '@diaspora/kit';
import { z } from 'zod';

export const subgraphNames = ['users', 'events', 'content', 'messaging', 'payments', 'search'] as const;
export type SubgraphName = (typeof subgraphNames)[number];

/** Offsets from the router's port, so that one number places the whole machine. */
const offsets = {
  router: 0,
  users: 1,
  events: 2,
  content: 3,
  messaging: 4,
  payments: 5,
  search: 6,
  postgres: 10,
  redis: 11,
  objectStore: 12,
  mailbox: 13,
  smtp: 14,
} as const;

export type Ports = Readonly<Record<keyof typeof offsets, number>>;

export interface Settings {
  readonly ports: Ports;
  /** Absolute folder of everything that is kept. */
  readonly dataDir: string;
  /** A Redis of yours; without it one is started. */
  readonly redisUrl: string | undefined;
  readonly logLevel: z.output<ReturnType<typeof logLevel>>;
}

/** What `npm start` is configured by: PORT, DATA_DIR, REDIS_URL, LOG_LEVEL. Pure. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  workingDir: string,
): Settings {
  const config = loadConfig(
    {
      PORT: port()
        .max(65_535 - offsets.smtp)
        .default(4000),
      DATA_DIR: z.string().default('.data'),
      REDIS_URL: url('redis', 'rediss').optional(),
      LOG_LEVEL: logLevel().default('info'),
    },
    env,
  );
  return {
    ports: portsFrom(config.PORT),
    dataDir: path.resolve(workingDir, config.DATA_DIR),
    redisUrl: config.REDIS_URL,
    logLevel: config.LOG_LEVEL,
  };
}

export const portsFrom = (first: number): Ports =>
  Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, first + offset])) as Ports;

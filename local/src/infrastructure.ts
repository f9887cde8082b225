import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createStopStack, provisionDatabase } from '@diaspora/kit';
import { assertPortFree, startPostgres, startRedis } from '@diaspora/kit/embedded';
import { migrate } from '@diaspora/kit/migrations';
import { startMailbox, type Mailbox } from './mailbox/index.js';
import { startObjectStore } from './object-store/index.js';
import type { Progress } from './progress.js';
import { loadSecrets, type Secrets } from './secrets.js';
import { subgraphNames, type Settings, type SubgraphName } from './settings.js';

/** What many may read, and what one person may: exports, invoices. */
export const buckets = { media: 'media', private: 'private' } as const;
export const bucketRegion = 'us-east-1';

/** What the services stand on. */
export interface Infrastructure {
  readonly secrets: Secrets;
  /** By subgraph: where its service logs in. */
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  readonly redisUrl: string;
  readonly redisKind: string;
  readonly objectStoreUrl: string;
  readonly mailbox: Mailbox;
  stop(): Promise<void>;
}

const prismaFolder = path.resolve(import.meta.dirname, '../../prisma');

/** Starts PostgreSQL, Redis, the object store and the mailbox, and brings every database up to date. */
export async function startInfrastructure(
  settings: Settings,
  progress: Progress,
  log: (line: string) => void,
): Promise<Infrastructure> {
  const { ports, dataDir } = settings;
  const stack = createStopStack();
  try {
    for (const [name, port] of Object.entries(ports)) await assertPortFree(port, name);
    await openFolder(dataDir);
    const secrets = await loadSecrets(dataDir);
    const postgres = await progress.step('PostgreSQL', () =>
      startPostgres({ dataDir: path.join(dataDir, 'postgres'), port: ports.postgres, durable: true, log }),
    );
    stack.push(() => postgres.stop());
    const databaseUrls = await progress.step('databases and migrations', () =>
      prepareDatabases(postgres.url, secrets),
    );
    const redis = settings.redisUrl
      ? { url: settings.redisUrl, kind: 'yours', stop: async () => undefined }
      : await progress.step('Redis', () => startRedis({ port: ports.redis, log }));
    stack.push(() => redis.stop());
    const objectStore = await startObjectStore({
      port: ports.objectStore,
      dir: path.join(dataDir, 'objects'),
      accessKeyId: secrets.objectStoreKey,
      secretAccessKey: secrets.objectStoreSecret,
      region: bucketRegion,
      buckets: Object.values(buckets),
      corsOrigins: [`http://127.0.0.1:${ports.router}`, `http://localhost:${ports.router}`],
    });
    stack.push(() => objectStore.stop());
    const mailbox = await startMailbox({
      smtpPort: ports.smtp,
      webPort: ports.mailbox,
      dir: path.join(dataDir, 'mails'),
    });
    stack.push(() => mailbox.stop());
    return {
      secrets,
      databaseUrls,
      mailbox,
      stop: () => stack.stop(),
      redisUrl: redis.url,
      redisKind: redis.kind,
      objectStoreUrl: objectStore.url,
    };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}

async function openFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(
      `The data folder ${dataDir} cannot be written (${reason}). Choose another one by DATA_DIR.`,
      { cause: error },
    );
  }
}

async function prepareDatabases(adminUrl: string, secrets: Secrets): Promise<Record<SubgraphName, string>> {
  const urls: Partial<Record<SubgraphName, string>> = {};
  for (const name of subgraphNames) {
    const { ownerPassword, servicePassword } = secrets;
    const { ownerUrl, serviceUrl } = await provisionDatabase({
      adminUrl,
      name,
      ownerPassword,
      servicePassword,
    });
    await migrate({ ownerUrl, serviceUrl, modelPath: path.join(prismaFolder, name) });
    urls[name] = serviceUrl;
  }
  return urls as Record<SubgraphName, string>;
}

import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

const PREFIX = 'diaspora-test-';

/**
 * One real PostgreSQL and one Redis for the whole test run, on free ports and in a temporary folder.
 * TEST_POSTGRES_URL (a superuser's) and TEST_REDIS_URL name servers of yours instead; TEST_REDIS=valkey or
 * TEST_REDIS=redis-server forces the kind of Redis.
 */
export default async function setUp() {
  await sweep();
  // Everything tests ask listens on this machine.
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy'])
    for (const each of [name, name.toUpperCase()]) delete process.env[each];
  const { startPostgres, startRedis } = await tsImport(
    '../subgraphs/kit/src/embedded/index.ts',
    import.meta.url,
  );
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(folder, 0o711); // PostgreSQL's account has to get through.
  const started = [];
  globalThis.stopTestServers = async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void globalThis.stopTestServers().finally(() => process.exit(130)));
  }
  if (!process.env.TEST_POSTGRES_URL) {
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: false });
    started.push(postgres);
    process.env.TEST_POSTGRES_URL = postgres.url;
  }
  if (!process.env.TEST_REDIS_URL) {
    const redis = await startRedis({ port: 0, dir: folder, prefer: process.env.TEST_REDIS || undefined });
    started.push(redis);
    process.env.TEST_REDIS_URL = redis.url;
  }
}

/** Folders of runs that were killed. */
async function sweep() {
  for (const name of await readdir(tmpdir())) {
    const owner = Number(/^diaspora-test-(\d+)-/.exec(name)?.[1]);
    if (owner && !isAlive(owner))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

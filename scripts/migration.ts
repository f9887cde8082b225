/**
 * `npm run migration -- users add_profiles` writes the next migration of prisma/users by comparing its migrations,
 * applied to a scratch database, with its data model. `npm run migration -- --check` exits 1 when they differ.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../subgraphs/kit/src/embedded/index.js';
import { readDataModel } from '../subgraphs/kit/src/database/data-model.js';
import { migrate } from '../subgraphs/kit/src/database/migrations.js';
import { planMigration } from '../subgraphs/kit/src/database/plan-migration.js';
import { provisionDatabase } from '../subgraphs/kit/src/database/provision.js';

const PRISMA = fileURLToPath(new URL('../prisma/', import.meta.url));

async function main(args: string[]): Promise<number> {
  if (args[0] === '--check') return check(args.slice(1));
  const [subgraph, name] = args;
  if (!subgraph || !name || !/^[a-z][a-z0-9_]*$/.test(name)) {
    console.error('Usage: npm run migration -- <subgraph> <name_in_snake_case> | --check [<subgraph>...]');
    return 2;
  }
  return write(subgraph, name);
}

async function write(subgraph: string, name: string): Promise<number> {
  const [sql = ''] = await difference([subgraph]);
  if (!sql) {
    console.log(`prisma/${subgraph}: the data model and the migrations agree; nothing to write.`);
    return 0;
  }
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(PRISMA, subgraph, 'migrations', `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  await keepLock(subgraph);
  console.log(
    `prisma/${subgraph}/migrations/${stamp}_${name}/migration.sql written: read it before you commit it.`,
  );
  return 0;
}

async function check(chosen: string[]): Promise<number> {
  const subgraphs = chosen.length > 0 ? chosen : await subgraphsWithModel();
  const differences = await difference(subgraphs);
  const drifted = subgraphs.filter((_, index) => differences[index]);
  for (const subgraph of drifted) {
    console.error(`prisma/${subgraph}: the data model differs from its migrations:`);
    console.error(differences[subgraphs.indexOf(subgraph)]);
  }
  if (drifted.length === 0)
    console.log(`Data models and migrations agree: ${subgraphs.join(', ') || 'no subgraph yet'}.`);
  return drifted.length > 0 ? 1 : 0;
}

async function subgraphsWithModel(): Promise<string[]> {
  return (await readdir(PRISMA)).filter((name) => existsSync(join(PRISMA, name, 'schema.prisma'))).sort();
}

/** For each subgraph the SQL its migrations lack, empty when none. */
async function difference(subgraphs: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'diaspora-migration-'));
  await chmod(folder, 0o711);
  const server = await startPostgres({ dataDir: folder, port: 0, durable: false });
  try {
    const differences: string[] = [];
    for (const name of subgraphs) differences.push(await differenceOf(server.url, name));
    return differences;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function differenceOf(adminUrl: string, name: string): Promise<string> {
  const modelPath = join(PRISMA, name);
  if (!existsSync(join(modelPath, 'schema.prisma')))
    throw new Error(`There is no prisma/${name}/schema.prisma.`);
  const urls = await provisionDatabase({
    adminUrl,
    name,
    ownerPassword: 'scratch',
    servicePassword: 'scratch',
  });
  await migrate({ ...urls, modelPath });
  return planMigration(urls.ownerUrl, await readDataModel(modelPath));
}

/** Prisma reads from this file which database the migrations are for. */
async function keepLock(subgraph: string): Promise<void> {
  const file = join(PRISMA, subgraph, 'migrations', 'migration_lock.toml');
  if (existsSync(file)) return;
  await writeFile(
    file,
    '# Kept by Prisma and `npm run migration`; not edited by hand.\nprovider = "postgresql"\n',
  );
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

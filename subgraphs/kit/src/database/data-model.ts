import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a Prisma schema, each by its name: together they are one model. */
export type DataModel = [name: string, text: string][];

/** The `.prisma` files of a folder, which Prisma itself reads as one schema as well. */
export async function readDataModel(folder: string): Promise<DataModel> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  return Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as DataModel[number]),
  );
}

export type Migration = { name: string; sql: string };

/** The migrations of a folder in the order they apply. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const files = names.map(({ name }) => ({ name, file: join(folder, name, 'migration.sql') }));
  const present = files.filter(({ file }) => existsSync(file)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(present.map(async ({ name, file }) => ({ name, sql: await readFile(file, 'utf8') })));
}

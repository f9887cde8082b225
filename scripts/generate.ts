/** Writes what is derived from sources and never committed: Prisma clients, resolver types and the SDK's documents. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';
import { readSubgraphTypeDefs, root, subgraphNames, subgraphPaths } from './lib/subgraphs.js';

const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json');
const prismaCli = path.join(path.dirname(prismaPackage), 'build/index.js');

const scalars = {
  ID: 'string',
  DateTime: 'Date',
  LocalDateTime: 'string',
  Date: 'string',
  TimeZone: 'string',
  Duration: 'string',
  EmailAddress: 'string',
  PhoneNumber: 'string',
  CountryCode: 'string',
  LanguageTag: 'string',
  CurrencyCode: 'string',
  URL: { input: 'URL', output: 'string' },
  BigInt: 'bigint',
  JSON: 'unknown',
  _FieldSet: 'string',
};

/** `export type EventModel` in models.ts says what resolvers of `Event` receive as their parent. */
function modelsOf(name: string): Record<string, string> {
  const { models } = subgraphPaths(name);
  if (!existsSync(models)) return {};
  const names = [...readFileSync(models, 'utf8').matchAll(/export (?:type|interface) (\w+)Model\b/g)];
  return Object.fromEntries(names.map(([, type = '']) => [type, `../models.js#${type}Model`]));
}

async function writeResolverTypes(name: string): Promise<void> {
  const { generated } = subgraphPaths(name);
  const output = await codegen({
    filename: 'schema.ts',
    schema: readSubgraphTypeDefs(name),
    documents: [],
    config: {
      federation: true,
      contextType: '../context.js#Context',
      mappers: {
        UserError: '@diaspora/kit#UserErrorModel',
        Money: '@diaspora/kit#Money as MoneyModel',
        ...modelsOf(name),
      },
      scalars,
      strictScalars: true,
      enumsAsTypes: true,
      useTypeImports: true,
      makeResolverTypeCallable: true,
      avoidOptionals: { field: true },
      inputMaybeValue: 'T | null | undefined',
    },
    plugins: [{ typescript: {} }, { 'typescript-resolvers': {} }],
    pluginMap: { typescript, 'typescript-resolvers': typescriptResolvers },
  });
  mkdirSync(generated, { recursive: true });
  writeFileSync(path.join(generated, 'schema.ts'), output);
}

/** What JSON holds of each scalar. graphql-scalars writes a BigInt as a number while that is exact. */
const jsonScalars = {
  ...Object.fromEntries(Object.keys(scalars).map((name) => [name, 'string'])),
  BigInt: { input: 'number | string', output: 'number | string' },
  JSON: 'unknown',
};

/** Typed documents of the client SDK: its operations against the public API. */
async function writeOperations(): Promise<void> {
  const source = path.join(root, 'client-sdk/src');
  const operations = readdirSync(path.join(source, 'operations'))
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => path.join(source, 'operations', file));
  const output = await codegen({
    filename: 'operations.ts',
    schema: parse(readFileSync(path.join(root, 'schema/api.graphql'), 'utf8')),
    documents: operations.map((location) => ({
      location,
      document: parse(readFileSync(location, 'utf8')),
    })),
    config: { scalars: jsonScalars, strictScalars: true, useTypeImports: true, futureProofEnums: true },
    plugins: [{ 'typescript-operations': {} }, { 'typed-document-node': {} }],
    pluginMap: { 'typescript-operations': typescriptOperations, 'typed-document-node': typedDocumentNode },
  });
  mkdirSync(path.join(source, '__generated__'), { recursive: true });
  writeFileSync(path.join(source, '__generated__/operations.ts'), output);
}

/** `prisma generate` needs its schema engine only for other commands; any existing file keeps it from downloading one. */
async function generatePrismaClient(name: string): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    [prismaCli, 'generate', '--schema', subgraphPaths(name).dataModel, '--no-hints'],
    {
      cwd: root,
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    },
  );
}

/** A client takes Prisma four seconds: one that was written from the same data model by the same version stays. */
async function writePrismaClient(name: string): Promise<void> {
  const { generated, dataModel } = subgraphPaths(name);
  const stamp = path.join(generated, 'prisma/.written-from');
  const inputs = hashOf([
    prismaPackage,
    ...readdirSync(dataModel)
      .filter((file) => file.endsWith('.prisma'))
      .sort()
      .map((file) => path.join(dataModel, file)),
  ]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  await generatePrismaClient(name);
  writeFileSync(stamp, inputs);
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${path.basename(file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

await Promise.all(subgraphNames.map(writeResolverTypes));
const queue = [...subgraphNames];
const work = async () => {
  for (let name = queue.shift(); name; name = queue.shift()) await writePrismaClient(name);
};
await Promise.all([work(), work()]);
// Last: an operation that no longer fits the API must not keep the servers from being built.
await writeOperations();
console.log(`generated resolver types, Prisma clients (${subgraphNames.join(', ')}) and the SDK's documents`);

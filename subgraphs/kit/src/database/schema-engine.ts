import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { DiffTarget, MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import type { DataModel } from './data-model.js';
import { createSchemaAdapter } from './schema-adapter.js';

/** What Prisma's own command line would do, without its downloaded program: the same engine as WebAssembly. */
type EngineModule = {
  __wbg_set_wasm(exports: unknown): void;
  SchemaEngine: { new: typeof SchemaEngine.new };
};

type WebAssemblyHost = {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, () => void> } }>;
};

let loading: Promise<EngineModule> | undefined;

/** Compiled once for each process (100 ms, 10 MB): most starts have nothing to migrate and never need it. */
async function loadEngine(): Promise<EngineModule> {
  const script = '@prisma/schema-engine-wasm/schema_engine_bg';
  const engine = (await import(script)) as EngineModule;
  const file = createRequire(import.meta.url)
    .resolve(script)
    .replace(/\.js$/, '.wasm');
  // The type library of a server has no WebAssembly in it.
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyHost };
  const bytes = await readFile(file);
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': withoutLingering(engine),
  });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports['__wbindgen_start']?.();
  return engine;
}

/** The engine leaves the timer of its own lock's time-out (10 s) behind, which must not keep a process alive. */
function withoutLingering(engine: EngineModule): object {
  const later = (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds).unref();
  const timers = Object.keys(engine).filter((name) => name.startsWith('__wbg_setTimeout_'));
  return { ...engine, ...Object.fromEntries(timers.map((name) => [name, later])) };
}

const filters = { externalTables: [], externalEnums: [] };

/** The engine reports a panic through this name; without it the panic's own message is lost. */
type PanicRegistry = { PRISMA_WASM_PANIC_REGISTRY?: { set_message(message: string): void } };

async function withEngine<Result>(
  url: string,
  model: DataModel,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  let panic = '';
  (globalThis as PanicRegistry).PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (panic = message) };
  const { SchemaEngine } = await (loading ??= loadEngine());
  // A pool of our own: the engine does not close what its adapter opens.
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'diaspora-migrations' });
  pool.on('error', () => {});
  const adapter = createSchemaAdapter(pool);
  try {
    const bound = bindMigrationAwareSqlAdapterFactory(adapter.factory);
    const engine = await SchemaEngine.new({ datamodels: model }, () => {}, bound);
    const result = await work(engine);
    engine.free();
    return result;
  } catch (error) {
    if (panic) loading = undefined; // Its memory cannot be trusted any more.
    throw adapter.scriptError() ?? (panic ? new Error(panic, { cause: error }) : firstParagraph(error));
  } finally {
    await pool.end();
  }
}

/** The engine appends its own call stack to a message. */
function firstParagraph(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(message.split(/\n\s*0: /)[0]?.trim(), { cause: error });
}

/** Applies what is missing, as `prisma migrate deploy` would; returns the names of what was applied. */
export function applyMigrations(
  url: string,
  model: DataModel,
  migrationsList: MigrationList,
): Promise<string[]> {
  return withEngine(url, model, async (engine) => {
    return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
  });
}

/** SQL that turns the database behind `url` into what `model` says; empty when they agree. */
export function diffToModel(url: string, model: DataModel): Promise<string> {
  const files = model.map(([path, content]) => ({ path, content }));
  const from: DiffTarget = { tag: 'schemaDatasource', files, configDir: '.' };
  const to: DiffTarget = { tag: 'schemaDatamodel', files };
  return withEngine(url, model, async (engine) => {
    const { stdout, exitCode } = await engine.diff({
      from,
      to,
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters,
    } as Parameters<SchemaEngine['diff']>[0]);
    return exitCode === 0 ? '' : (stdout ?? '');
  });
}

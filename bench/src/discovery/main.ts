/**
 * `npm run bench:discovery -- 200000 200 plans.txt`: discovery over so many events, each query so often, one after the
 * other: p50 and p95 through the GraphQL schema of events. The plans of all queries go into the file. It fails when a
 * plan reads a big table from end to end or a query answers with an error; it never judges a time.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEventsSubgraph } from '@diaspora/events';
import { connectDatabase } from '@diaspora/events/database';
import { createLogger, createPool, migrate, provisionDatabase } from '@diaspora/kit';
import { startPostgres } from '@diaspora/kit/embedded';
import { PrismaPg } from '@prisma/adapter-pg';
import { graphql } from 'graphql';
import { queries, seed } from './queries.js';

const [size = 200_000, rounds = 200] = process.argv.slice(2, 4).map(Number);
const plansFile = process.argv[4] ?? path.join(tmpdir(), 'discovery-plans.txt');
const now = new Date('2026-06-01T12:00:00.000Z');
const here = path.dirname(fileURLToPath(import.meta.url));
const source = `query ($filter: EventFilter, $orderBy: EventOrder! = STARTS_AT_ASC) {
  events(filter: $filter, orderBy: $orderBy, first: 20) {
    edges { distanceMeters node { id title startsAt { local zone } place { city } } } pageInfo { endCursor } } }`;

const folder = await mkdtemp(path.join(tmpdir(), 'diaspora-discovery-'));
await chmod(folder, 0o711);
const server = await startPostgres({ dataDir: folder, port: 0, durable: false });
try {
  const passwords = { ownerPassword: 'bench', servicePassword: 'bench' };
  const urls = await provisionDatabase({ adminUrl: server.url, name: 'events', ...passwords });
  await migrate({ ...urls, modelPath: path.resolve(here, '../../../prisma/events') });
  const owner = createPool({ url: urls.ownerUrl, max: 1 });
  for (const statement of seed(size)) await owner.query(statement);
  await owner.end();

  const sent: { text: string; values: unknown[] }[] = [];
  const pool = createPool({ url: urls.serviceUrl, max: 4 });
  pool.on('connect', (client) => {
    const run = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
      const { text, values } = typeof first === 'string' ? { text: first, values: second } : first;
      sent.push({ text, values: values ?? (Array.isArray(second) ? second : []) });
      return run(...args);
    }) as typeof client.query;
  });
  const db = connectDatabase(new PrismaPg(pool));
  const sealingSecret = 'a-sealing-secret-for-benchmarks-only-0123';
  const calendars = { sealingSecret, google: null, redirectUris: [], isCalDavOpen: false };
  const config = { PUBLIC_URL: 'https://events.example', SEALING_SECRET: sealingSecret };
  const subgraph = createEventsSubgraph({ db, clock: { now: () => now }, calendars, config } as never);
  const log = createLogger({ name: 'bench', level: 'error' });
  const ask = async (variableValues: object) => {
    const base = { viewer: null, origin: { address: null, userAgent: null }, requestId: 'bench', log };
    const contextValue = subgraph.createContext(base);
    const { data, errors } = await graphql({
      schema: subgraph.schema,
      source,
      contextValue,
      variableValues: { ...variableValues },
    });
    if (errors) throw errors[0]!;
    return (data as { events: { edges: unknown[] } }).events.edges.length;
  };

  const plans: string[] = [];
  const table: Record<string, object> = {};
  for (const [name, variablesOf] of queries) {
    const times: number[] = [];
    let found = 0;
    for (let n = 0; n < rounds + 10; n++) {
      const startedAt = performance.now();
      found += await ask(variablesOf(n));
      if (n >= 10) times.push(performance.now() - startedAt);
    }
    times.sort((one, other) => one - other);
    const at = (share: number) => Math.round(times[Math.floor(times.length * share)]! * 10) / 10;
    table[name] = { 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'events each': Math.round(found / (rounds + 10)) };
    sent.length = 0;
    await ask(variablesOf(3));
    for (const { text, values } of sent.filter((statement) => /^\s*SELECT/i.test(statement.text))) {
      const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, BUFFERS) ${text}`,
        values,
      );
      plans.push(`== ${name}`, ...rows.map((row) => row['QUERY PLAN']), '');
    }
  }
  await writeFile(plansFile, plans.join('\n'));
  await db.$disconnect();
  await pool.end();
  console.table(table);
  console.log(`${size} events; plans in ${plansFile}`);
  const scans = plans.filter((line) => /Seq Scan on (events|ticket_types)/.test(line));
  if (scans.length > 0) throw new Error(`A big table is read from end to end: ${scans.join('; ')}`);
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

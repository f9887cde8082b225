import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPool, createStopStack } from '@diaspora/kit';
import { findFreePort } from '@diaspora/kit/embedded';
import {
  environmentsOf,
  findFreeRow,
  portsFrom,
  silentProgress,
  startInfrastructure,
  startProcess,
  type Environment,
} from '@diaspora/local';

/** People by their key; each group is one conversation, and the first of it writes. */
export interface Stage {
  readonly urls: readonly string[];
  readonly pids: readonly number[];
  readonly secret: string;
  readonly groups: readonly { readonly conversationId: string; readonly people: readonly string[] }[];
  readonly stop: () => Promise<void>;
}

/** Messaging alone, as so many processes, with what it stands on; and conversations of `size` people. */
export async function setStage(options: { processes: number; people: number; size: number }): Promise<Stage> {
  const stack = createStopStack();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'diaspora-bench-messaging-'));
  stack.push(() => rm(dataDir, { recursive: true, force: true }));
  const ports = portsFrom(await findFreeRow());
  const settings = { ports, dataDir, redisUrl: undefined, logLevel: 'error' } as const;
  const infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
  stack.push(() => infrastructure.stop());
  const configured = environmentsOf(settings, infrastructure).messaging;
  const env: Environment = { ...configured, NODE_ENV: 'production' };
  const running = [];
  for (let index = 0; index < options.processes; index++) {
    const port = index === 0 ? ports.messaging : await findFreePort();
    const own = { ...env, PORT: String(port) };
    const started = await startProcess({
      name: 'messaging',
      entry: 'subgraphs/messaging/src/main.ts',
      env: own,
    });
    stack.push(() => started.stop());
    running.push(started);
  }
  return {
    urls: running.map(({ url }) => url),
    pids: running.map(({ pid }) => pid),
    secret: env['VIEWER_SECRET']!,
    groups: await seed(infrastructure.databaseUrls.messaging, options),
    stop: () => stack.stop(),
  };
}

async function seed(
  url: string,
  { people, size }: { people: number; size: number },
): Promise<Stage['groups']> {
  const groups = Array.from({ length: Math.ceil(people / size) }, (_, index) => ({
    conversationId: randomUUID(),
    people: Array.from({ length: Math.min(size, people - index * size) }, () => randomUUID()),
  }));
  const sides = groups.flatMap(({ conversationId, people: each }) => each.map((id) => [conversationId, id]));
  const columns = [sides.map(([conversation]) => conversation), sides.map(([, person]) => person)];
  const pool = createPool({ url, max: 1 });
  await pool.query(
    `INSERT INTO conversations (id, kind, pair_key, created_at)
     SELECT id, 'DIRECT', 'bench ' || id, now() FROM unnest($1::uuid[]) AS id`,
    [groups.map(({ conversationId }) => conversationId)],
  );
  await pool.query(
    `INSERT INTO participants (conversation_id, user_id, joined_at, last_activity_at)
     SELECT conversation, person, now(), now() FROM unnest($1::uuid[], $2::uuid[]) AS side (conversation, person)`,
    columns,
  );
  await pool.query(
    `INSERT INTO visibility_windows (conversation_id, user_id)
     SELECT conversation, person FROM unnest($1::uuid[], $2::uuid[]) AS side (conversation, person)`,
    columns,
  );
  await pool.end();
  return groups;
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import type pg from 'pg';
import { createPool } from '../database/index.js';
import { inTransaction } from '../database/transaction.js';
import { idType } from '../ids.js';
import { addJob, defineJob } from '../jobs/index.js';
import { createOutbox, type SqlTransaction } from '../messages/index.js';
import { asTransaction, clicks } from '../messages/testing.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { createMemoryPrivateStore } from '../testing/private-store.js';
import { silentLog, testClock } from '../testing/subgraph.js';
import { inPages } from './archive.js';
import {
  createPersonalData,
  erasePersonalData,
  exportPersonalData,
  type PersonalData,
} from './personal-data.js';

const personIds = idType('usr');

describe('the personal data of a subgraph', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  const clock = testClock();
  const store = createMemoryPrivateStore();
  const personId = v7();
  const publicId = personIds.encode(personId);
  const transaction = <T>(run: (tx: SqlTransaction) => Promise<T>) =>
    inTransaction(pool, (client) => run(asTransaction(client)));

  beforeAll(async () => {
    database = await createTestDatabase('kit');
    pool = createPool({ url: database.url });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const partsOf = (personalData: Partial<PersonalData<SqlTransaction>>) =>
    createPersonalData<SqlTransaction>({
      source: 'clicks',
      requestedBy: 'accounts',
      personIds,
      clock,
      store,
      db: { $transaction: (run) => transaction(run) },
      personalData: {
        exportOf: async () => undefined,
        erase: async () => ({}),
        ...personalData,
      },
    });
  type Parts = ReturnType<typeof partsOf>;

  const ask = ({ handlers }: Parts, type: string, data: object) => {
    const handler = handlers.find((each) => each.type === type)!;
    const message = { id: v7(), source: 'accounts', type, key: publicId, time: clock.now() };
    const rest = { requestId: undefined, traceparent: undefined };
    return transaction((tx) => handler.handle({ ...message, ...rest, data: handler.schema.parse(data) }, tx));
  };
  const waiting = async (name: string) =>
    (
      await pool.query<{ payload: object; run_at: Date }>(
        `SELECT payload, run_at FROM graphile_worker._private_jobs j
         JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE identifier = $1 ORDER BY j.id`,
        [name],
      )
    ).rows;
  const run = ({ jobs }: Parts, name: string, payload: object) => {
    const task = jobs[name]!;
    return task.run(task.schema.parse(payload) as never, { log: silentLog } as never);
  };
  const told = async (type: string) =>
    (
      await pool.query<{ data: unknown }>(
        `SELECT envelope -> 'data' AS data FROM kit.outbox WHERE type = $1 ORDER BY position`,
        [type],
      )
    ).rows.map(({ data }) => data);

  const requestOf = (exportId: string) => ({
    exportId,
    folder: `exports/${exportId}/`,
    expiresAt: new Date(clock.now().getTime() + 60_000).toISOString(),
  });

  it('is written into the folder of the request, as JSON and as files, however often it is asked for', async () => {
    const exportId = v7();
    const rows = Array.from({ length: 1_200 }, (_, n) => ({ n, at: clock.now(), big: 2n ** 60n }));
    const parts = partsOf({
      exportOf: async (id, archive) => {
        expect(id).toBe(personId);
        await archive.records(
          'clicks',
          inPages<(typeof rows)[number]>((after, take) =>
            Promise.resolve(rows.slice((after?.n ?? -1) + 1, (after?.n ?? -1) + 1 + take)),
          ),
        );
        await archive.file('photos/one.png', { body: Buffer.from('png'), contentType: 'image/png' });
      },
    });
    const request = { ...requestOf(exportId), userId: publicId };
    await ask(parts, 'privacy.exportRequested', request);
    await ask(parts, 'privacy.exportRequested', request);
    const jobs = await waiting(exportPersonalData.name);
    expect(jobs).toHaveLength(1);
    await store.put(`exports/${exportId}/clicks/left-by-a-killed-attempt.json`, {
      body: Buffer.from('['),
      contentType: 'application/json',
    });
    await run(parts, exportPersonalData.name, jobs[0]!.payload);
    await run(parts, exportPersonalData.name, jobs[0]!.payload);
    expect([...store.objects.keys()]).toEqual([
      `exports/${exportId}/clicks/clicks.json`,
      `exports/${exportId}/clicks/photos/one.png`,
    ]);
    const { bytes } = store.objects.get(`exports/${exportId}/clicks/clicks.json`)!;
    const written = JSON.parse(Buffer.from(bytes).toString()) as unknown[];
    expect(written).toHaveLength(1_200);
    expect(written[1_199]).toEqual({ n: 1_199, at: clock.now().toISOString(), big: String(2n ** 60n) });
    const answer = { exportId, counts: { clicks: 1_200, files: 1 } };
    expect(await told('privacy.exportPart')).toEqual([answer, answer]);
  });

  it('is not written for a request that is over', async () => {
    const exportId = v7();
    const parts = partsOf({ exportOf: (_id, archive) => archive.records('clicks', []) });
    const late = { ...requestOf(exportId), personId, expiresAt: clock.now().toISOString() };
    await run(parts, exportPersonalData.name, late);
    expect([...store.objects.keys()].filter((key) => key.includes(exportId))).toEqual([]);
  });

  it('is erased with the answer or not at all, files first, and once more when messages have arrived', async () => {
    const erasureId = v7();
    const done: string[] = [];
    let fails = true;
    const parts = partsOf({
      eraseFiles: async () => void done.push('files'),
      erase: async (tx, id) => {
        await tx.$executeRaw`DELETE FROM kit.inbox`;
        done.push(id);
        if (fails) throw new Error('killed');
        return { clicks: 3 };
      },
    });
    await ask(parts, 'user.erasureRequested', { erasureId, userId: publicId });
    const [job] = await waiting(erasePersonalData.name);
    await expect(run(parts, erasePersonalData.name, job!.payload)).rejects.toThrow('killed');
    expect(await told('privacy.erased')).toEqual([]);
    fails = false;
    await run(parts, erasePersonalData.name, job!.payload);
    expect(done).toEqual(['files', personId, 'files', personId]);
    expect(await told('privacy.erased')).toEqual([{ erasureId, counts: { clicks: 3 } }]);
    const late = (await waiting(erasePersonalData.name)).at(-1)!;
    expect(late.payload).toMatchObject({ isLate: true });
    await run(parts, erasePersonalData.name, late.payload);
    expect(await told('privacy.erased')).toHaveLength(1);
  });

  it('is erased from what kit keeps itself; what still has to be handled stays until the second pass', async () => {
    const outbox = createOutbox(clicks);
    const note = `of ${publicId}`;
    const publish = (key: string, text: string) =>
      transaction((tx) => outbox.publish(tx, { type: 'click.counted', key, data: { n: 1, note: text } }));
    const [gone, stays, other] = [
      await publish('a', note),
      await publish('b', note),
      await publish('c', 'x'),
    ];
    await pool.query('UPDATE kit.outbox SET sequence = 1 WHERE id = $1', [gone]);
    await pool.query('UPDATE kit.outbox SET sequence = 2 WHERE id = $1', [other]);
    await pool.query(
      `INSERT INTO kit.parked_messages (message_id, envelope, dead_at)
       VALUES ($1, $3, now()), ($2, $3, NULL)`,
      [v7(), v7(), { data: { personId } }],
    );
    await pool.query(
      `INSERT INTO kit.idempotency_keys (actor, operation, key, request_hash) VALUES ($1, 'a', 'b', '')`,
      [personId],
    );
    const mail = defineJob('mail', exportPersonalData.schema);
    await transaction((tx) => addJob(tx, mail, { ...requestOf(v7()), personId }));
    await pool.query(
      `UPDATE graphile_worker._private_jobs SET attempts = max_attempts
       WHERE task_id = (SELECT id FROM graphile_worker._private_tasks WHERE identifier = 'mail')`,
    );
    await run(partsOf({}), erasePersonalData.name, { erasureId: v7(), personId });

    const { rows } = await pool.query<{ id: string; type: string; text: string }>(
      'SELECT id, type, envelope::text AS text FROM kit.outbox WHERE id = ANY ($1) ORDER BY position',
      [[gone, stays, other]],
    );
    expect(rows.map(({ type }) => type)).toEqual(['kit.erased', 'click.counted', 'click.counted']);
    expect(rows.map(({ text }) => text.includes(publicId))).toEqual([false, true, false]);
    const counts = await pool.query(
      `SELECT (SELECT count(*)::int FROM kit.parked_messages) AS parked,
         (SELECT count(*)::int FROM kit.idempotency_keys) AS answers`,
    );
    expect(counts.rows).toEqual([{ parked: 1, answers: 0 }]);
    expect(await waiting('mail')).toEqual([]);
  });
});

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLongJobs, startJobs, type Jobs } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';
import { importManyCustomers } from './definition.js';
import { fileOf } from './testing/files.js';

const many = 50_000;

let users: Awaited<ReturnType<typeof givenUsers>>;
let folder: string;
let child: ChildProcess | undefined;
let jobs: Jobs | undefined;
beforeAll(async () => {
  users = await givenUsers();
  folder = await mkdtemp(path.join(tmpdir(), 'diaspora-import-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await jobs?.stop();
});
afterAll(async () => {
  await users.stop();
  await rm(folder, { recursive: true, force: true });
});

const longJobs = () => createLongJobs({ db: users.db });
const rowOf = async (id: string) => (await longJobs().read(importManyCustomers, [id]))[0]!;

/** An import of a large file that waits to be begun. */
async function begin() {
  const {
    clerk,
    sales,
    id: organizationId,
  } = await users.given.office(users.given.person, ['customers.import']);
  const uploadId = crypto.randomUUID();
  const content = fileOf(many, 1_000);
  await writeFile(path.join(folder, `${uploadId}.csv`), content);
  const bytes = new TextEncoder().encode(content);
  users.privateStore.objects.set(`customer-imports/${clerk.id}/${uploadId}.csv`, {
    bytes,
    contentType: 'text/csv',
  });
  const input = {
    ...{ organizationId, departmentId: sales.id, uploadId, isDryRun: false },
    ...{ faultyRows: 'LEAVE_OUT' as const, allowDuplicates: false },
  };
  const id = await users.db.$transaction((tx) =>
    longJobs().start(tx, importManyCustomers, { ownerId: clerk.id, input }),
  );
  return { id, organizationId };
}

/** The job as soon as it is so far. */
async function reached(id: string, holds: (row: Awaited<ReturnType<typeof rowOf>>) => boolean) {
  for (;;) {
    const row = await rowOf(id);
    if (holds(row)) return row;
    await users.db.$executeRaw`SELECT pg_sleep(0.02)`;
  }
}

async function startProcess(): Promise<ChildProcess> {
  const module = new URL('./testing/importing-process.ts', import.meta.url);
  child = fork(module, [users.databaseUrl, folder], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the process ended')));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return child;
}

const countCustomers = (organizationId: string) => users.db.customer.count({ where: { organizationId } });

describe(`an import of ${many} rows`, () => {
  it('goes on after its process was killed, adds each customer once, and reports each fault', async () => {
    const { id, organizationId } = await begin();
    const doomed = await startProcess();
    await reached(id, ({ done }) => done >= 2_000);
    const gone = once(doomed, 'exit');
    doomed.kill('SIGKILL');
    await gone;
    const killed = await rowOf(id);
    expect([killed.status, killed.done < many, killed.total]).toEqual(['RUNNING', true, many]);
    expect(await countCustomers(organizationId)).toBe(0);

    const options = { log: silentLog, pollMs: 50, sweepMs: 20, graceMs: 100 };
    jobs = await startJobs({ pool: users.pool, tasks: users.subgraph.jobs!, ...options });
    await reached(id, ({ done }) => done > killed.done);
    const ended = await reached(id, ({ status }) => status !== 'RUNNING');
    expect(ended).toMatchObject({
      status: 'SUCCEEDED',
      done: many,
      result: { imported: many - many / 1_000 },
    });
    expect(await countCustomers(organizationId)).toBe(many - many / 1_000);
    const faults = await users.db.customerImportRow.findMany({
      where: { jobId: id },
      orderBy: { row: 'asc' },
    });
    expect(faults.map(({ row, faultColumn }) => [row, faultColumn])).toEqual(
      Array.from({ length: many / 1_000 }, (_, index) => [(index + 1) * 1_000 + 1, 'email']),
    );
  }, 240_000);

  it('leaves nothing when it is cancelled on the way', async () => {
    const { id, organizationId } = await begin();
    const options = { log: silentLog, pollMs: 50 };
    jobs = await startJobs({ pool: users.pool, tasks: users.subgraph.jobs!, ...options });
    await reached(id, ({ done }) => done >= 2_000);
    await users.db.$transaction((tx) => longJobs().cancel(tx, importManyCustomers, id));
    await jobs.stop();
    const { done, status } = await rowOf(id);
    expect([status, done < many]).toEqual(['CANCELLED', true]);
    expect(await countCustomers(organizationId)).toBe(0);
    expect(await users.db.customerImportRow.count({ where: { jobId: id, fault: null } })).toBe(0);
  }, 120_000);
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createPool, hourMs, startJobs } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationIds } from '../ids.js';
import { sendScheduledMessage } from '../jobs.js';
import { givenMessaging, type Messaging } from '../testing/given.js';

const schedule = `mutation ($input: ScheduleMessageInput!) {
  scheduleMessage(input: $input) { scheduledMessage { id } userErrors { code } } }`;

describe('a process that is killed while it sends what was scheduled', () => {
  let messaging: Messaging;
  beforeAll(async () => {
    messaging = await givenMessaging();
    // What it plans is due by the clock of the other processes, whatever year it is.
    messaging.clock.advance(Date.now() - hourMs - messaging.clock.now().getTime());
  });
  afterAll(() => messaging.stop());

  async function due() {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const sendAt = new Date(messaging.clock.now().getTime() + 1_000);
    const input = { conversationId: id, clientMessageId: 'later', text: 'Later', sendAt };
    const { data } = await ana.execute(schedule, { input });
    expect(data.scheduleMessage.userErrors).toEqual([]);
    return { ana, ben, id, conversationId: conversationIds.decode(id) };
  }
  const jobs = () =>
    messaging.db.$queryRaw<{ isTaken: boolean }[]>`
      SELECT j.locked_at IS NOT NULL AS "isTaken" FROM graphile_worker._private_jobs j
      JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = ${sendScheduledMessage.name}`;
  const sentIn = (conversationId: string) => messaging.db.message.count({ where: { conversationId } });

  /** A process that does jobs until it comes to the step; answers what ended it. */
  async function killedAt(step: string): Promise<NodeJS.Signals | null> {
    const module = new URL('./testing/sending-process.ts', import.meta.url);
    const child = fork(module, [messaging.database.url, step], {
      execArgv: ['--import', 'tsx'],
      stdio: 'inherit',
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal;
  }

  /** Its successor, which takes over what the dead one had in hand, until nothing is left to send. */
  async function takeOver(): Promise<void> {
    const pool = createPool({ url: messaging.database.url });
    const tasks = { [sendScheduledMessage.name]: messaging.subgraph.jobs![sendScheduledMessage.name]! };
    const running = await startJobs({ pool, tasks, log: silentLog, pollMs: 50, sweepMs: 20, graceMs: 200 });
    while ((await jobs()).length > 0) await messaging.db.$executeRaw`SELECT pg_sleep(0.02)`;
    await running.stop();
    await pool.end();
  }

  it.each([
    ['the job is taken', 'TAKEN', 0],
    ['all is written and nothing committed', 'WRITTEN', 0],
    ['all is committed and the job not done', 'COMMITTED', 1],
  ])(
    'leaves one message to its successor: killed when %s',
    async (_when, step, sentBefore) => {
      const { ana, ben, id, conversationId } = await due();
      expect(await killedAt(step)).toBe('SIGKILL');
      expect([await sentIn(conversationId), await jobs()]).toEqual([sentBefore, [{ isTaken: true }]]);
      await takeOver();
      expect(await messaging.db.message.findMany({ where: { conversationId } })).toMatchObject([
        { text: 'Later', senderId: ana.id, sequence: 1 },
      ]);
      const row = await messaging.db.scheduledMessage.findFirstOrThrow({ where: { conversationId } });
      expect([row.status, row.text]).toEqual(['SENT', '']);
      const read = await ben.execute('query ($id: ID!) { conversation(id: $id) { unreadCount } }', { id });
      expect(read.data.conversation.unreadCount).toBe(1);
      expect(await messaging.published(id, 'message.sent')).toHaveLength(1);
    },
    120_000,
  );
});

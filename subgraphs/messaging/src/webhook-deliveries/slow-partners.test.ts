import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookIds } from '../ids.js';
import { givenMessaging, type Messaging } from '../testing/given.js';
import { startTarget, type Target } from '../testing/http-target.js';
import { partnering, type MadeWebhook } from '../testing/webhooks.js';
import { startWorkers } from '../testing/workers.js';

describe('two partners who are slow', () => {
  let messaging: Messaging;
  let workers: Awaited<ReturnType<typeof startWorkers>>;
  let use: ReturnType<typeof partnering>;
  let targets: Target[];
  let release: () => void = () => undefined;
  beforeAll(async () => {
    targets = [await startTarget(), await startTarget(), await startTarget()];
    const hosts = targets.map(({ url }) => new URL(url).host);
    messaging = await givenMessaging({ config: { TARGETS_INNER_HOSTS: hosts } });
    use = partnering(messaging);
    workers = await startWorkers(messaging, [messaging]);
  });
  afterAll(async () => {
    release();
    await workers.stop();
    for (const target of targets) await target.stop();
    await messaging.stop();
  });

  /** How many workers have something of that webhook in hand. */
  const workersOf = async ({ id }: MadeWebhook): Promise<number> => {
    const [found] = await messaging.db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM graphile_worker._private_jobs
      WHERE locked_at IS NOT NULL AND payload ->> 'webhookId' = ${webhookIds.decode(id)}`;
    return found!.count;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('have one worker each, however much is for them, and leave the others to everybody else', async () => {
    const [one, other, quick] = targets as [Target, Target, Target];
    const answered = new Promise<void>((resolve) => (release = resolve));
    for (const slow of [one, other]) slow.answer(() => answered.then(() => ({ status: 200 })));
    const [ones, others, quicks] = [
      await use.webhook({ url: one.url }),
      await use.webhook({ url: other.url }),
      await use.webhook({ url: quick.url }),
    ];
    for (let count = 0; count < 12; count++) await use.callOff();
    const working = workers.work();
    await until(() => one.taken.length > 0 && other.taken.length > 0);
    // While they have theirs in hand, more comes for all.
    for (let count = 0; count < 12; count++) await use.callOff();
    await until(() => new Set(quick.taken.map(({ headers }) => headers['webhook-id'])).size === 24);
    for (const slow of [ones, others]) expect(await workersOf(slow)).toBeLessThanOrEqual(1);
    for (const slow of [one, other]) expect(slow.open()).toBeLessThanOrEqual(5);
    release();
    await working;
    // Those that had waited for too long are tried again.
    const isAllTaken = async () =>
      (await Promise.all([ones, others, quicks].map(use.deliveriesOf)))
        .flat()
        .every(({ status }) => status === 'DELIVERED');
    while (!(await isAllTaken())) {
      use.pass(3_600);
      await workers.work();
    }
    for (const { taken } of targets)
      expect(new Set(taken.map(({ headers }) => headers['webhook-id'])).size).toBe(24);
  }, 120_000);
});

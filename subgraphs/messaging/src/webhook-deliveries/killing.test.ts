import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookIds } from '../ids.js';
import { runTask } from '../testing/bus.js';
import { givenPartner, type Partner } from '../testing/webhooks.js';

describe('a process that is killed between sending and noting it', () => {
  let partner: Partner;
  beforeAll(async () => {
    partner = await givenPartner();
  });
  afterAll(() => partner.stop());

  it('leaves what it had in hand to its successor, who sends it again under the same id', async () => {
    const { messaging, receiver, use } = partner;
    const { host } = new URL(receiver.url);
    const made = await use.webhook({ url: receiver.url });
    await use.callOff();
    const webhookId = webhookIds.decode(made.id);
    const turn = new URL('./testing/turn-process.ts', import.meta.url);
    const now = messaging.clock.now().toISOString();
    const child = fork(turn, [messaging.database.url, webhookId, host, now], {
      execArgv: ['--import', 'tsx'],
      stdio: 'inherit',
    });
    receiver.answer(() => {
      child.kill('SIGKILL');
      return 'silence';
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    expect(signal).toBe('SIGKILL');
    expect(await use.deliveriesOf(made)).toMatchObject([
      { status: 'PENDING', attemptCount: 1, attempts: [{ number: 1, durationMs: null, status: null }] },
    ]);
    receiver.answer(() => ({ status: 200 }));
    await runTask(messaging, 'sendToWebhook', { webhookId });
    expect(receiver.taken).toHaveLength(1);
    use.pass(61);
    await runTask(messaging, 'sendToWebhook', { webhookId });
    const ids = receiver.taken.map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(await use.deliveriesOf(made)).toMatchObject([
      { status: 'DELIVERED', attemptCount: 2, attempts: [{ status: null }, { number: 2, status: 200 }] },
    ]);
  }, 120_000);
});

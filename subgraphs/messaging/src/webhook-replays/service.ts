import {
  AppError,
  idempotent,
  parseInput,
  type Audit,
  type Clock,
  type LongJobRun,
  type LongJobs,
} from '@diaspora/kit';
import type { z } from 'zod';
import { Prisma, type Db, type Transaction } from '../database.js';
import { webhookIds } from '../ids.js';
import { assertEnabled, sendAgain, wake } from '../webhook-deliveries/index.js';
import type { Webhooks } from '../webhooks/index.js';
import {
  assertRange,
  replayWebhookDeliveries,
  wanted,
  type ReplayCursor,
  type ReplayInput,
  type WebhookReplay,
} from './definition.js';

export type WebhookReplays = ReturnType<typeof createWebhookReplays>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly longJobs: LongJobs;
  readonly webhooks: Pick<Webhooks, 'changing'>;
}

const atOnce = 500;

/** Sends again what a webhook was told in a time, page by page, each in one transaction with its checkpoint (ADR 23). */
export function createWebhookReplays({ db, clock, audit, longJobs, webhooks }: Dependencies) {
  const note = (tx: Transaction, action: string, { webhookId, ...what }: ReplayInput) =>
    audit.record(tx, { action, subject: { type: 'Webhook', id: webhookIds.encode(webhookId) }, after: what });

  async function start(
    actorId: string,
    { webhookId, ...given }: z.input<typeof wanted> & { readonly webhookId: string },
  ): Promise<WebhookReplay> {
    const { idempotencyKey: key, since, until, includesDelivered } = parseInput(wanted, given);
    const end = until ?? clock.now();
    assertRange(since, end);
    const request = { webhookId, since, until: until ?? null, includesDelivered };
    const call = { actor: actorId, operation: 'startWebhookReplay', key, request };
    const input = {
      ...{ webhookId, includesDelivered },
      ...{ since: since.toISOString(), until: end.toISOString() },
    };
    const { id } = await webhooks.changing(webhookId, (tx, webhook) =>
      idempotent(tx, call, async () => {
        assertEnabled(webhook);
        await note(tx, 'webhook.replayStarted', input);
        const begun = { ownerId: actorId, input, key: webhookId };
        return { id: await longJobs.start(tx, replayWebhookDeliveries, begun) };
      }),
    );
    return (await find(id))!;
  }

  /** Super users see each other's. */
  const find = async (id: string): Promise<WebhookReplay | null> =>
    (await longJobs.read(replayWebhookDeliveries, [id]))[0] ?? null;

  async function cancel(id: string): Promise<WebhookReplay> {
    const row = await find(id);
    if (!row) throw new AppError('NOT_FOUND', 'There is no such replay.', { path: ['webhookReplayId'] });
    await db.$transaction(async (tx) => {
      await longJobs.cancel(tx, replayWebhookDeliveries, id);
      await note(tx, 'webhook.replayCancelled', row.input);
    });
    return (await find(id))!;
  }

  async function run(input: ReplayInput, job: LongJobRun<ReplayCursor, null>): Promise<void> {
    const total = job.total ?? (await countIn(input));
    for (let [done, cursor] = [job.done, job.cursor]; ;) {
      const page = await pageAfter(input, cursor);
      if (page.length === 0) return;
      done += page.length;
      const { id, createdAt } = page.at(-1)!;
      const reached = { id, createdAt: createdAt.toISOString() };
      await webhooks.changing(input.webhookId, async (tx, webhook) => {
        assertEnabled(webhook);
        const ids = page.map((each) => each.id);
        await tx.webhookDelivery.updateMany({
          where: { id: { in: ids }, NOT: { status: 'PENDING' } },
          data: sendAgain(clock.now()),
        });
        await wake(tx, [webhook.id], clock.now());
        await job.checkpoint(tx, { done, total, cursor: reached });
      });
      cursor = reached;
    }
  }

  const pageAfter = (input: ReplayInput, cursor: ReplayCursor | null) => {
    const after = cursor
      ? Prisma.sql`AND (created_at, id) > (${cursor.createdAt}::timestamptz, ${cursor.id}::uuid)`
      : Prisma.empty;
    return db.$queryRaw<{ id: string; createdAt: Date }[]>`
      SELECT id, created_at AS "createdAt" FROM webhook_deliveries
      WHERE ${within(input)} ${after} ORDER BY created_at, id LIMIT ${atOnce}`;
  };

  const countIn = async (input: ReplayInput): Promise<number> => {
    const [row] = await db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM webhook_deliveries WHERE ${within(input)}`;
    return row!.count;
  };

  return { start, find, cancel, jobs: longJobs.on(replayWebhookDeliveries, { run }) };
}

/** What is on its way stays as it is. */
function within({ webhookId, since, until, includesDelivered }: ReplayInput): Prisma.Sql {
  const statuses = ['FAILED', 'HELD', ...(includesDelivered ? ['DELIVERED'] : [])];
  return Prisma.sql`webhook_id = ${webhookId}::uuid AND created_at >= ${since}::timestamptz
    AND created_at < ${until}::timestamptz AND status = ANY(${statuses}::webhook_delivery_status[])`;
}

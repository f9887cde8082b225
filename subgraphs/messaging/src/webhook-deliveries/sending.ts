import type { Clock, JobContext } from '@diaspora/kit';
import type { WebhookEvent } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { attemptIds } from '../ids.js';
import { TargetSilent, TargetUnreachable, type Targets } from '../targets.js';
import type { Secrets, Webhooks } from '../webhooks/index.js';
import { bodyOf, headersOf } from './envelope.js';
import { planTurn } from './jobs.js';
import { leaseMs, maxAttempts, timeoutMs, type Outcome } from './rules.js';
import type { Attempt, Settling } from './settling.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly targets: Targets;
  readonly secrets: Secrets;
  readonly webhooks: Pick<Webhooks, 'urlOf'>;
  readonly settling: Settling;
}

interface Begun {
  readonly attempt: Attempt;
  readonly event: WebhookEvent;
  readonly url: string;
  readonly secrets: readonly string[];
}

/** To one webhook. */
const atOnce = 5;
/** After that it is the turn of others. */
const turnMs = 20_000;

/**
 * Sends what is due to one webhook, at least once: an attempt is on record before it is made, and one whose process died
 * is made again. No more than five at once, one while it fails, and no longer than a turn.
 */
export function createSending({ db, clock, targets, secrets, webhooks, settling }: Dependencies) {
  async function run(
    { webhookId }: { webhookId: string },
    { signal, log }: Pick<JobContext, 'signal' | 'log'>,
  ): Promise<void> {
    const endsAt = performance.now() + turnMs;
    const mayGoOn = () => performance.now() < endsAt && !signal.aborted;
    for (let begun = await beginSome(webhookId); begun.length > 0;) {
      const ended = await Promise.allSettled(begun.map(attempt));
      for (const each of ended)
        if (each.status === 'rejected')
          log.error({ err: each.reason as Error }, 'an attempt to tell a partner was not put on record');
      begun = mayGoOn() ? await beginSome(webhookId) : [];
    }
    await db.$transaction((tx) => planNext(tx, webhookId));
  }

  const beginSome = (webhookId: string) => db.$transaction((tx) => begin(tx, webhookId));

  async function begin(tx: Transaction, webhookId: string): Promise<Begun[]> {
    await tx.$executeRaw`SELECT 1 FROM webhooks WHERE id = ${webhookId}::uuid FOR NO KEY UPDATE`;
    const webhook = await tx.webhook.findUnique({ where: { id: webhookId } });
    const now = clock.now();
    if (webhook?.status !== 'ENABLED' || (webhook.pausedUntil && webhook.pausedUntil > now)) return [];
    const dueAgainAt = new Date(now.getTime() + leaseMs);
    const due = await tx.$queryRaw<Due[]>`
      UPDATE webhook_deliveries d SET attempt_count = attempt_count + 1, attempts_left = attempts_left - 1,
        not_before = ${dueAgainAt}
      FROM (SELECT id FROM webhook_deliveries WHERE webhook_id = ${webhookId}::uuid AND status = 'PENDING'
          AND not_before <= ${now} ORDER BY not_before, id LIMIT ${webhook.failuresInARow > 0 ? 1 : atOnce} FOR UPDATE
      ) AS due WHERE d.id = due.id
      RETURNING d.id, d.event_id AS "eventId", d.attempt_count AS number, d.attempts_left AS "attemptsLeft"`;
    if (due.length === 0) return [];
    const attempts = due.map((each) => ({ ...each, attemptId: attemptIds.create() }));
    await tx.webhookAttempt.createMany({
      data: attempts.map(({ id, attemptId, number }) => ({
        ...{ id: attemptId, deliveryId: id, number, startedAt: now },
      })),
    });
    const events = await tx.webhookEvent.findMany({ where: { id: { in: due.map((each) => each.eventId) } } });
    const signing = { url: webhooks.urlOf(webhook), secrets: await secrets.openAll(tx, webhookId) };
    return attempts.map((each) => {
      const event = events.find(({ id }) => id === each.eventId)!;
      return { ...signing, event, attempt: attemptOf(webhookId, each, event) };
    });
  }

  async function attempt({ attempt: begun, event, url, secrets: signers }: Begun): Promise<void> {
    const startedAt = performance.now();
    const body = bodyOf(event);
    const headers = headersOf(event, body, { secrets: signers, now: clock.now() });
    const outcome = await post(url, headers, body);
    const durationMs = Math.round(performance.now() - startedAt);
    await db.$transaction((tx) => settling.settle(tx, begun, outcome, durationMs));
  }

  async function post(url: string, headers: Record<string, string>, body: string): Promise<Outcome> {
    try {
      const answer = await targets.post(url, { headers, body, redirect: 'follow', timeoutMs });
      const { status, text, retryAfterSeconds } = answer;
      return status >= 200 && status < 300
        ? { kind: 'TAKEN', status, answer: text }
        : { kind: 'REFUSED', status, answer: text, retryAfterSeconds };
    } catch (error) {
      if (!(error instanceof TargetSilent || error instanceof TargetUnreachable)) throw error;
      return { kind: 'UNANSWERED', error: error.message };
    }
  }

  /** Its next turn, behind those who wait already. What came while nothing is sent waits to be replayed. */
  async function planNext(tx: Transaction, webhookId: string): Promise<void> {
    await tx.$executeRaw`SELECT 1 FROM webhooks WHERE id = ${webhookId}::uuid FOR NO KEY UPDATE`;
    const webhook = await tx.webhook.findUnique({ where: { id: webhookId } });
    if (webhook?.status !== 'ENABLED') {
      await tx.webhookDelivery.updateMany({
        where: { webhookId, status: 'PENDING' },
        data: { status: 'HELD' },
      });
      return;
    }
    const [next] = await tx.$queryRaw<{ notBefore: Date }[]>`
      SELECT not_before AS "notBefore" FROM webhook_deliveries
      WHERE webhook_id = ${webhookId}::uuid AND status = 'PENDING' ORDER BY not_before, id LIMIT 1`;
    if (!next) return;
    const times = [next.notBefore, webhook.pausedUntil ?? next.notBefore, clock.now()];
    await planTurn(tx, webhookId, new Date(Math.max(...times.map(Number))));
  }

  return { run };
}

interface Due {
  readonly id: string;
  readonly eventId: string;
  readonly number: number;
  readonly attemptsLeft: number;
}

const attemptOf = (webhookId: string, due: Due & { attemptId: string }, event: WebhookEvent): Attempt => ({
  ...{ id: due.attemptId, webhookId, deliveryId: due.id, number: due.number, occurredAt: event.occurredAt },
  ...{ attempts: maxAttempts - due.attemptsLeft, attemptsLeft: due.attemptsLeft },
});

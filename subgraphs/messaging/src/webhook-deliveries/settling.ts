import type { Clock } from '@diaspora/kit';
import type { Prisma, Webhook } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import type { Disabling } from '../webhooks/index.js';
import type { WebhookMetrics } from './metrics.js';
import { isGivenUp, pausedUntil, retryAt, tidied, type Outcome } from './rules.js';

export type Settling = ReturnType<typeof createSettling>;

interface Dependencies {
  readonly clock: Clock;
  readonly metrics: WebhookMetrics;
  readonly disabling: Disabling;
  readonly random: () => number;
}

/** An attempt that is on record. */
export interface Attempt {
  readonly id: string;
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly number: number;
  /** Since it was last put on its way, this one included. */
  readonly attempts: number;
  readonly attemptsLeft: number;
  readonly occurredAt: Date;
}

/** What becomes of a delivery and of its webhook after an attempt. */
export function createSettling({ clock, metrics, disabling, random }: Dependencies) {
  async function settle(tx: Transaction, attempt: Attempt, outcome: Outcome, durationMs: number) {
    const { webhookId, deliveryId, number } = attempt;
    await tx.$executeRaw`SELECT 1 FROM webhooks WHERE id = ${webhookId}::uuid FOR NO KEY UPDATE`;
    const webhook = await tx.webhook.findUniqueOrThrow({ where: { id: webhookId } });
    await tx.webhookAttempt.updateMany({
      where: { id: attempt.id },
      data: { ...keptOf(outcome), durationMs },
    });
    const isTaken = outcome.kind === 'TAKEN';
    const pause = pausedUntil(clock.now(), outcome, webhook.failuresInARow + 1);
    // An attempt that was overtaken by a later one says nothing any more, unless it went well.
    await tx.webhookDelivery.updateMany({
      where: { id: deliveryId, status: 'PENDING', ...(!isTaken && { attemptCount: number }) },
      data: isTaken
        ? { status: 'DELIVERED', reason: null, settledAt: clock.now() }
        : failed(attempt, outcome, pause),
    });
    metrics.attempted(isTaken ? 'taken' : outcome.kind === 'REFUSED' ? 'refused' : 'unanswered');
    if (isTaken) metrics.delivered(clock.now().getTime() - attempt.occurredAt.getTime());
    else if (attempt.attemptsLeft <= 0) metrics.attempted('given_up');
    await noteHealth(tx, webhook, outcome, pause);
  }

  function failed(
    { attempts, attemptsLeft }: Attempt,
    outcome: Outcome,
    pause: Date | null,
  ): Prisma.WebhookDeliveryUpdateManyMutationInput {
    const reason = reasonOf(outcome);
    if (attemptsLeft <= 0) return { status: 'FAILED', reason, settledAt: clock.now() };
    const again = retryAt(clock.now(), attempts, random);
    return { reason, notBefore: pause && pause > again ? pause : again };
  }

  async function noteHealth(tx: Transaction, webhook: Webhook, outcome: Outcome, pause: Date | null) {
    const now = clock.now();
    if (outcome.kind === 'TAKEN') {
      const well = { failingSince: null, failuresInARow: 0, pausedUntil: null };
      await tx.webhook.update({ where: { id: webhook.id }, data: { ...well, lastSuccessAt: now } });
      return;
    }
    const failingSince = webhook.failingSince ?? now;
    const failuresInARow = webhook.failuresInARow + 1;
    const failing = { failingSince, failuresInARow, pausedUntil: pause };
    await tx.webhook.update({ where: { id: webhook.id }, data: failing });
    if (webhook.status !== 'ENABLED') return;
    if (outcome.kind === 'REFUSED' && outcome.status === 410) await disabling.disable(tx, webhook, 'GONE');
    else if (isGivenUp(now, failingSince, failuresInARow)) await disabling.disable(tx, webhook, 'FAILING');
  }

  return { settle };
}

const keptOf = (outcome: Outcome) =>
  outcome.kind === 'UNANSWERED'
    ? { error: outcome.error }
    : { status: outcome.status, answer: tidied(outcome.answer) };

const reasonOf = (outcome: Outcome): string =>
  outcome.kind === 'UNANSWERED' ? outcome.error : `HTTP ${outcome.status}`;

import {
  AppError,
  idempotent,
  parseInput,
  type Audit,
  type Clock,
  type Page,
  type Sealer,
} from '@diaspora/kit';
import type { z } from 'zod';
import type { Prisma, Webhook } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { webhookIds } from '../ids.js';
import type { Targets } from '../targets.js';
import { assertCanMatch, disabling, newWebhook, rotation, webhookChange, type Condition } from './rules.js';
import type { Secrets } from './secrets.js';

export type Webhooks = ReturnType<typeof createWebhooks>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly targets: Pick<Targets, 'assertAllowed'>;
  readonly sealer: Sealer;
  readonly secrets: Secrets;
}

const mostWebhooks = 200;

export const noSuchWebhook = () =>
  new AppError('NOT_FOUND', 'There is no such webhook.', { path: ['webhookId'] });

export const filterOf = ({ filter }: Webhook): Condition[] => filter as unknown as Condition[];

/** Where partners are told what happens. Every change is made under the lock of the webhook's row; events are added beside it. */
export function createWebhooks({ db, clock, audit, targets, sealer, secrets }: Dependencies) {
  const note = (tx: Transaction, action: string, { id }: Webhook, what: object = {}) =>
    audit.record(tx, { action, subject: { type: 'Webhook', id: webhookIds.encode(id) }, ...what });
  const urlOf = ({ sealedUrl }: Webhook): string => sealer.open(sealedUrl);
  /** In the audit trail: addresses may let whoever knows them write there. */
  const shown = (webhook: Webhook) => ({
    ...{ name: webhook.name, host: new URL(urlOf(webhook)).host },
    ...{ eventTypes: webhook.eventTypes, filter: filterOf(webhook) },
  });

  /** A repetition of the call is answered the same, secret included. */
  async function create(actorId: string, input: z.input<typeof newWebhook>) {
    const { idempotencyKey: key, ...given } = parseInput(newWebhook, input);
    assertCanMatch(given.eventTypes, given.filter);
    targets.assertAllowed(given.url, ['url']);
    const call = { actor: actorId, operation: 'createWebhook', key, request: given };
    return db.$transaction(async (tx) => {
      const { id, secretId } = await idempotent(tx, call, () => insert(tx, actorId, given));
      const secret = await tx.webhookSecret.findUnique({ where: { id: secretId } });
      const webhook = await tx.webhook.findUniqueOrThrow({ where: { id } });
      return { webhook, secret: secret && secrets.open(secret) };
    });
  }

  async function insert(
    tx: Transaction,
    createdById: string,
    { url, filter, ...given }: Omit<z.output<typeof newWebhook>, 'idempotencyKey'>,
  ) {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('webhooks', 0))`;
    if ((await tx.webhook.count({ where: { NOT: { status: 'REMOVED' } } })) >= mostWebhooks)
      throw new AppError('CONFLICT', `There are ${mostWebhooks} webhooks at most.`);
    const row = { id: webhookIds.create(), sealedUrl: sealer.seal(url), createdById, createdAt: clock.now() };
    const webhook = await tx.webhook.create({ data: { ...given, ...row, filter: stored(filter) } });
    const { id: secretId } = await secrets.add(tx, webhook.id);
    await note(tx, 'webhook.created', webhook, { after: shown(webhook) });
    return { id: webhook.id, secretId };
  }

  /** Runs a change alone with the webhook until the commit. */
  const changing = <Result>(
    id: string,
    change: (tx: Transaction, webhook: Webhook) => Promise<Result>,
  ): Promise<Result> =>
    db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM webhooks WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
      const webhook = await tx.webhook.findUnique({ where: { id, NOT: { status: 'REMOVED' } } });
      if (!webhook) throw noSuchWebhook();
      return change(tx, webhook);
    });

  const save = (tx: Transaction, id: string, data: Prisma.WebhookUpdateInput): Promise<Webhook> =>
    tx.webhook.update({ where: { id }, data: { ...data, version: { increment: 1 } } });

  async function update(
    id: string,
    { expectedVersion, ...input }: z.input<typeof webhookChange> & { readonly expectedVersion: number },
  ): Promise<Webhook> {
    const { url, filter, ...given } = parseInput(webhookChange, input);
    if (url) targets.assertAllowed(url, ['url']);
    return changing(id, async (tx, before) => {
      if (before.version !== expectedVersion)
        throw new AppError('CONFLICT', 'The webhook has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { webhook: before },
        });
      const conditions = filter === undefined ? filterOf(before) : (filter ?? []);
      const eventTypes = given.eventTypes ?? before.eventTypes;
      assertCanMatch(eventTypes, conditions);
      const after = await save(tx, id, {
        ...{ name: given.name ?? before.name, eventTypes, filter: stored(conditions) },
        ...(url && { sealedUrl: sealer.seal(url), pausedUntil: null }),
      });
      await note(tx, 'webhook.changed', after, { before: shown(before), after: shown(after) });
      return after;
    });
  }

  /** Another secret; the one before signs beside it for `overlapHours` more. */
  async function rotate(id: string, input: z.input<typeof rotation>) {
    const { overlapHours } = parseInput(rotation, input);
    return changing(id, async (tx, webhook) => {
      const secret = await secrets.rotate(tx, id, overlapHours);
      await note(tx, 'webhook.secretRotated', webhook, { after: { overlapHours } });
      return { webhook, secret: secrets.open(secret) };
    });
  }

  async function disable(id: string, input: z.input<typeof disabling>): Promise<Webhook> {
    const { reason } = parseInput(disabling, input);
    return changing(id, async (tx, before) => {
      if (before.status === 'DISABLED') return before;
      const at = clock.now();
      const after = await save(tx, id, { status: 'DISABLED', disabledReason: 'BY_HAND', disabledAt: at });
      await note(tx, 'webhook.disabled', after, { reason });
      return after;
    });
  }

  /** As if nothing had failed before. */
  const enable = (id: string): Promise<Webhook> =>
    changing(id, async (tx, before) => {
      if (before.status === 'ENABLED') return before;
      const after = await save(tx, id, {
        ...{ status: 'ENABLED', disabledReason: null, disabledAt: null },
        ...{ failingSince: null, failuresInARow: 0, pausedUntil: null },
      });
      await note(tx, 'webhook.enabled', after);
      return after;
    });

  /** For good: nothing is left of its address and its secrets. What was sent stays in the log until its time is over. */
  const remove = (id: string): Promise<void> =>
    changing(id, async (tx, webhook) => {
      await note(tx, 'webhook.removed', webhook, { before: shown(webhook) });
      await tx.webhookSecret.deleteMany({ where: { webhookId: id } });
      await save(tx, id, { status: 'REMOVED', sealedUrl: '' });
    });

  const list = (page: Page): Promise<Webhook[]> =>
    db.webhook.findMany({
      where: { AND: [{ NOT: { status: 'REMOVED' } }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { create, update, rotate, disable, enable, remove, list, urlOf, changing };
}

const stored = (filter: readonly Condition[]) => filter as unknown as Prisma.InputJsonValue;

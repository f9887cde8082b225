import { addJob, AppError, parseInput, type Page } from '@diaspora/kit';
import type { z } from 'zod';
import type { ApiKey } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { apiKeyIds } from '../ids.js';
import { announceRevocation } from '../jobs.js';
import { assertSuperUser, type ClientDependencies } from './dependencies.js';
import { earlier, inDays, inHours, newApiKey, revoking, rotation, statusOf } from './rules.js';
import { drawSecret, notUsedOfLate } from './secrets.js';

export interface ApiKeyDependencies extends ClientDependencies {
  /** From then on no router takes the key, whatever it remembers. */
  readonly announceEnd: (apiKeyId: string) => Promise<boolean>;
}

export type ApiKeys = ReturnType<typeof createApiKeys>;

/** What the router is told of a key. */
export interface KnownApiKey {
  readonly id: string;
  readonly partnerId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tier: string;
  readonly expiresAt: string | null;
}

/** Keys of partners. A key does not change; one that follows it has what it had. */
export function createApiKeys({ db, clock, audit, announceEnd }: ApiKeyDependencies) {
  const note = (tx: Transaction, action: string, { id }: ApiKey, what: object = {}) =>
    audit.record(tx, { action, subject: { type: 'ApiKey', id: apiKeyIds.encode(id) }, ...what });

  async function create(actorId: string, input: z.input<typeof newApiKey>) {
    const { expiresInDays, ...granted } = parseInput(newApiKey, input);
    const { secret, hash, hint } = drawSecret('dsk');
    const now = clock.now();
    const id = apiKeyIds.create();
    const expiresAt = inDays(expiresInDays, now);
    const apiKey = await db.$transaction(async (tx) => {
      await assertSuperUser(tx, actorId);
      const row = {
        id,
        partnerId: id,
        ...granted,
        hash,
        hint,
        createdAt: now,
        createdById: actorId,
        expiresAt,
      };
      const made = await tx.apiKey.create({ data: row });
      await note(tx, 'apiKey.created', made, { after: { ...granted, expiresAt } });
      return made;
    });
    return { apiKey, key: secret };
  }

  /** One key follows, however many ask for it at once; the old one works for `overlapHours` more. */
  async function rotate(actorId: string, id: string, input: z.input<typeof rotation>) {
    const { overlapHours } = parseInput(rotation, input);
    const { secret, hash, hint } = drawSecret('dsk');
    const apiKey = await db.$transaction(async (tx) => {
      await assertSuperUser(tx, actorId);
      const old = await lock(tx, id);
      if (statusOf(old, clock.now()) !== 'ACTIVE')
        throw new AppError('CONFLICT', 'This key has ended, or another one follows it.', {
          path: ['apiKeyId'],
        });
      const now = clock.now();
      const { partnerId, name, scopes, tier, expiresAt } = old;
      const row = {
        partnerId,
        name,
        scopes,
        tier,
        expiresAt,
        hash,
        hint,
        createdAt: now,
        createdById: actorId,
      };
      const next = await tx.apiKey.create({ data: { id: apiKeyIds.create(), ...row } });
      const end = earlier(expiresAt, inHours(overlapHours, now));
      await tx.apiKey.update({ where: { id }, data: { replacedById: next.id, expiresAt: end } });
      if (overlapHours === 0) await addJob(tx, announceRevocation, { sessionId: id });
      await note(tx, 'apiKey.rotated', old, {
        after: { overlapHours, replacedBy: apiKeyIds.encode(next.id) },
      });
      return next;
    });
    if (overlapHours === 0) await announceEnd(id);
    return { apiKey, key: secret };
  }

  async function revoke(actorId: string, id: string, input: z.input<typeof revoking>): Promise<ApiKey> {
    const { reason } = parseInput(revoking, input);
    const apiKey = await db.$transaction(async (tx) => {
      await assertSuperUser(tx, actorId);
      const key = await lock(tx, id);
      if (key.revokedAt) return key;
      const revoked = await tx.apiKey.update({ where: { id }, data: { revokedAt: clock.now() } });
      await addJob(tx, announceRevocation, { sessionId: id });
      await note(tx, 'apiKey.revoked', key, { reason });
      return revoked;
    });
    await announceEnd(id);
    return apiKey;
  }

  async function lock(tx: Transaction, id: string): Promise<ApiKey> {
    await tx.$executeRaw`SELECT 1 FROM api_keys WHERE id = ${id}::uuid FOR UPDATE`;
    const key = await tx.apiKey.findUnique({ where: { id } });
    if (!key) throw new AppError('NOT_FOUND', 'There is no such key.', { path: ['apiKeyId'] });
    return key;
  }

  /** For the router: the key of this hash while it works. Being asked for is being used. */
  async function find(hash: string): Promise<KnownApiKey | undefined> {
    const key = await db.apiKey.findUnique({ where: { hash } });
    const now = clock.now();
    if (!key || !['ACTIVE', 'REPLACED'].includes(statusOf(key, now))) return undefined;
    await db.apiKey.updateMany({ where: { id: key.id, ...notUsedOfLate(now) }, data: { lastUsedAt: now } });
    const { id, partnerId, name, scopes, tier, expiresAt } = key;
    return { id, partnerId, name, scopes, tier, expiresAt: expiresAt?.toISOString() ?? null };
  }

  return {
    create,
    rotate,
    revoke,
    find,
    statusOf: (key: ApiKey) => statusOf(key, clock.now()),
    list: (page: Page): Promise<ApiKey[]> =>
      db.apiKey.findMany({ where: page.where, orderBy: page.orderBy, take: page.take }),
  };
}

import { addJob, AppError, foldName, parseInput, type Page, type Revocations } from '@diaspora/kit';
import type { z } from 'zod';
import type { ServiceAccount, ServiceSecret } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { serviceAccountIds, serviceSecretIds } from '../ids.js';
import { announceRevocation, announceServiceEpoch } from '../jobs.js';
import { assertSuperUser, type ClientDependencies } from './dependencies.js';
import { disabling, earlier, inHours, newServiceAccount, rotation, serviceAccountChange } from './rules.js';
import { drawSecret, type DrawnSecret } from './secrets.js';

export interface ServiceAccountDependencies extends ClientDependencies {
  readonly revocations: Revocations;
  /** Ends what was issued for a secret, in every router. */
  readonly announceEnd: (secretId: string) => Promise<boolean>;
}

export type ServiceAccounts = ReturnType<typeof createServiceAccounts>;

/** In the audit trail. */
const shown = ({ name, role, scopes }: ServiceAccount) => ({ name, role, scopes });

const unknown = () =>
  new AppError('NOT_FOUND', 'There is no such service account.', { path: ['serviceAccountId'] });
const nameTaken = () =>
  new AppError('CONFLICT', 'There is a service account of this name.', { path: ['name'] });

/** Programs that act as themselves. Everything here is done under the row lock of the account. */
export function createServiceAccounts(dependencies: ServiceAccountDependencies) {
  const { db, clock, audit, revocations, announceEnd } = dependencies;

  const note = (tx: Transaction, action: string, { id }: ServiceAccount, what: object = {}) =>
    audit.record(tx, {
      action,
      subject: { type: 'ServiceAccount', id: serviceAccountIds.encode(id) },
      ...what,
    });

  async function create(actorId: string, input: z.input<typeof newServiceAccount>) {
    const { name, role, scopes } = parseInput(newServiceAccount, input);
    const drawn = drawSecret('dss');
    const serviceAccount = await db.$transaction(async (tx) => {
      await assertSuperUser(tx, actorId);
      const row = { id: serviceAccountIds.create(), name, nameKey: foldName(name), role, scopes };
      const [made] = await tx.serviceAccount.createManyAndReturn({
        data: [{ ...row, createdAt: clock.now(), createdById: actorId }],
        skipDuplicates: true,
      });
      if (!made) throw nameTaken();
      await addSecret(tx, made.id, drawn);
      await note(tx, 'serviceAccount.created', made, { after: { name, role, scopes } });
      return made;
    });
    return { serviceAccount, secret: drawn.secret };
  }

  const addSecret = (tx: Transaction, serviceAccountId: string, { hash, hint }: DrawnSecret) =>
    tx.serviceSecret.create({
      data: { id: serviceSecretIds.create(), serviceAccountId, hash, hint, createdAt: clock.now() },
    });

  /** Runs a change of an account by a super user, alone with it until the commit. */
  const changing = <Result>(
    actorId: string,
    id: string,
    change: (tx: Transaction, account: ServiceAccount) => Promise<Result>,
  ): Promise<Result> =>
    db.$transaction(async (tx) => {
      await assertSuperUser(tx, actorId);
      await tx.$executeRaw`SELECT 1 FROM service_accounts WHERE id = ${id}::uuid FOR UPDATE`;
      const account = await tx.serviceAccount.findUnique({ where: { id } });
      if (!account) throw unknown();
      return change(tx, account);
    });

  /** Tokens from before are stale, in every router, with the next request. */
  const save = async (
    tx: Transaction,
    id: string,
    data: Partial<Pick<ServiceAccount, 'name' | 'nameKey' | 'role' | 'scopes' | 'disabledAt'>>,
  ): Promise<ServiceAccount> => {
    const raised = { epoch: { increment: 1 }, version: { increment: 1 } };
    await addJob(tx, announceServiceEpoch, { serviceAccountId: id });
    return tx.serviceAccount.update({ where: { id }, data: { ...data, ...raised } });
  };

  const told = async (account: ServiceAccount): Promise<ServiceAccount> => {
    await revocations.raiseEpoch(account.id, account.epoch);
    return account;
  };

  async function update(
    actorId: string,
    id: string,
    { expectedVersion, ...input }: z.input<typeof serviceAccountChange> & { expectedVersion: number },
  ): Promise<ServiceAccount> {
    const change = parseInput(serviceAccountChange, input);
    const account = await changing(actorId, id, async (tx, before) => {
      if (before.version !== expectedVersion)
        throw new AppError('CONFLICT', 'The service account has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { serviceAccount: before },
        });
      const name = change.name ?? before.name;
      const nameKey = foldName(name);
      if ((await tx.serviceAccount.count({ where: { nameKey, id: { not: id } } })) > 0) throw nameTaken();
      const { role, scopes } = before;
      const after = await save(tx, id, {
        name,
        nameKey,
        role: change.role ?? role,
        scopes: change.scopes ?? scopes,
      });
      await note(tx, 'serviceAccount.changed', after, { before: shown(before), after: shown(after) });
      return after;
    });
    return told(account);
  }

  /** Another secret; those from before work for `overlapHours` more. With none, so do what they were exchanged for. */
  async function rotate(actorId: string, id: string, input: z.input<typeof rotation>) {
    const { overlapHours } = parseInput(rotation, input);
    const drawn = drawSecret('dss');
    const { account, ended } = await changing(actorId, id, async (tx, known) => {
      const old = await shorten(tx, id, inHours(overlapHours, clock.now()));
      await addSecret(tx, id, drawn);
      await note(tx, 'serviceAccount.secretRotated', known, { after: { overlapHours } });
      const dead = overlapHours === 0 ? old : [];
      for (const secret of dead) await addJob(tx, announceRevocation, { sessionId: secret.id });
      return { account: known, ended: dead };
    });
    for (const secret of ended) await announceEnd(secret.id);
    return { serviceAccount: account, secret: drawn.secret };
  }

  /** Secrets that still work end by then. Answers them. */
  async function shorten(tx: Transaction, serviceAccountId: string, end: Date): Promise<ServiceSecret[]> {
    const works = { OR: [{ expiresAt: null }, { expiresAt: { gt: clock.now() } }] };
    const secrets = await tx.serviceSecret.findMany({ where: { serviceAccountId, ...works } });
    for (const { id, expiresAt } of secrets)
      await tx.serviceSecret.update({ where: { id }, data: { expiresAt: earlier(expiresAt, end) } });
    return secrets;
  }

  async function disable(actorId: string, id: string, input: z.input<typeof disabling>) {
    const { reason } = parseInput(disabling, input);
    const account = await changing(actorId, id, async (tx, before) => {
      if (before.disabledAt) return before;
      const after = await save(tx, id, { disabledAt: clock.now() });
      await note(tx, 'serviceAccount.disabled', after, { reason });
      return after;
    });
    return told(account);
  }

  const enable = (actorId: string, id: string): Promise<ServiceAccount> =>
    changing(actorId, id, async (tx, before) => {
      if (!before.disabledAt) return before;
      const after = await save(tx, id, { disabledAt: null });
      await note(tx, 'serviceAccount.enabled', after);
      return after;
    });

  return {
    create,
    update,
    rotate,
    disable,
    enable,

    list: (page: Page): Promise<ServiceAccount[]> =>
      db.serviceAccount.findMany({ where: page.where, orderBy: page.orderBy, take: page.take }),

    /** The job. */
    announceEpoch: async ({ serviceAccountId: id }: { serviceAccountId: string }): Promise<void> => {
      const account = await db.serviceAccount.findUnique({ where: { id } });
      if (account && !(await revocations.raiseEpoch(id, account.epoch)))
        throw new Error('Redis is away; the epoch will be announced again');
    },

    /** Each night: secrets that ended a month ago. */
    forget: async (): Promise<void> => {
      await db.serviceSecret.deleteMany({ where: { expiresAt: { lt: inHours(-30 * 24, clock.now()) } } });
    },
  };
}

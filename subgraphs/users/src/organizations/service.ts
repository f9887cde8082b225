import { AppError, idempotent, parseInput, type Audit, type Clock, type Page } from '@diaspora/kit';
import type { Organization } from '../__generated__/prisma/client.js';
import { assertActorMay, beginChange } from '../authority/index.js';
import type { Db, Transaction } from '../database.js';
import { memberIds, organizationIds } from '../ids.js';
import { closedForMs, maxOrganizations, nameKeyOf, newOrganization, renaming } from './rules.js';

export interface OrganizationsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

const noSuchOrganization = () =>
  new AppError('NOT_FOUND', 'There is no such organization.', { path: ['organizationId'] });

export function createOrganizations({ db, clock, audit }: OrganizationsDependencies) {
  async function create(userId: string, input: unknown): Promise<Organization> {
    const { idempotencyKey: key, name } = parseInput(newOrganization, input);
    const call = { actor: userId, operation: 'createOrganization', key, request: { name } };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ id: await found(tx, userId, name) })),
    );
    return db.organization.findUniqueOrThrow({ where: { id } });
  }

  /** An organization with its root and its first owner. */
  async function found(tx: Transaction, userId: string, name: string): Promise<string> {
    await assertMayFound(tx, userId);
    const id = organizationIds.create();
    const createdAt = clock.now();
    const root = {
      id,
      level: 'ORGANIZATION' as const,
      name,
      nameKey: nameKeyOf(name),
      path: [id],
      createdAt,
    };
    const owner = { id: memberIds.create(), userId, isOwner: true, joinedAt: createdAt };
    await tx.organization.create({
      data: {
        id,
        name,
        createdAt,
        createdById: userId,
        nodes: { create: [root] },
        members: { create: [owner] },
      },
    });
    await record(tx, id, 'organization.created', { after: { name } });
    return id;
  }

  /** The account's row is locked: founding in parallel does not get past the limit. */
  async function assertMayFound(tx: Transaction, userId: string): Promise<void> {
    await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const count = await tx.organization.count({ where: { createdById: userId, closedAt: null } });
    if (count < maxOrganizations) return;
    throw new AppError('CONFLICT', `Nobody founds more than ${maxOrganizations} organizations.`);
  }

  async function rename(
    userId: string,
    { organizationId: id, expectedVersion, ...input }: { organizationId: string; expectedVersion: number },
  ): Promise<Organization> {
    const { name } = parseInput(renaming, input);
    return db.$transaction(async (tx) => {
      assertActorMay(await beginChange(tx, userId, id, 'organizationId'), 'structure.manage');
      const before = await tx.organization.findUniqueOrThrow({ where: { id } });
      if (before.version !== expectedVersion) {
        throw new AppError('CONFLICT', 'The organization has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { organization: before },
        });
      }
      await tx.organizationNode.update({ where: { id }, data: { name, nameKey: nameKeyOf(name) } });
      await record(tx, id, 'organization.renamed', { before: { name: before.name }, after: { name } });
      return tx.organization.update({ where: { id }, data: { name, version: { increment: 1 } } });
    });
  }

  /** From the commit on nobody may do anything in it; owners still see it and can open it again. */
  const close = (userId: string, id: string): Promise<Organization> =>
    db.$transaction(async (tx) => {
      const { holdings } = await beginChange(tx, userId, id, 'organizationId');
      if (!holdings.isOwner) throw new AppError('FORBIDDEN', 'Owners close an organization.');
      await record(tx, id, 'organization.closed', {});
      return tx.organization.update({ where: { id }, data: { closedAt: clock.now() } });
    });

  const reopen = (userId: string, id: string): Promise<Organization> =>
    db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM organizations WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
      const owned = { id, members: { some: { userId, isOwner: true } } };
      const organization = await tx.organization.findFirst({ where: owned });
      if (!organization) throw noSuchOrganization();
      if (!organization.closedAt) return organization;
      await record(tx, id, 'organization.reopened', {});
      return tx.organization.update({ where: { id }, data: { closedAt: null } });
    });

  /** Closed organizations go with all that is in them. Returns how many went. */
  async function forgetClosed(): Promise<number> {
    const before = new Date(clock.now().getTime() - closedForMs);
    const { count } = await db.organization.deleteMany({ where: { closedAt: { lt: before } } });
    return count;
  }

  const listFor = (userId: string, page: Page): Promise<Organization[]> =>
    db.organization.findMany({
      where: { AND: [visibleTo(userId), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const record = (tx: Transaction, id: string, action: string, change: { before?: object; after?: object }) =>
    audit.record(tx, {
      action,
      subject: { type: 'Organization', id: organizationIds.encode(id) },
      ...(change as Record<string, Record<string, unknown>>),
    });

  return { create, rename, close, reopen, forgetClosed, listFor };
}

/** Members see an organization that is open, owners a closed one too, visitors none. */
export const visibleTo = (userId: string | null) => ({
  OR:
    userId === null
      ? []
      : [{ closedAt: null, members: { some: { userId } } }, { members: { some: { userId, isOwner: true } } }],
});

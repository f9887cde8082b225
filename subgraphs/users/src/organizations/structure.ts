import { AppError, idempotent, parseInput, type Page } from '@diaspora/kit';
import type { OrganizationNode } from '../__generated__/prisma/client.js';
import { assertActorMay, beginChange } from '../authority/index.js';
import type { Transaction } from '../database.js';
import { nodeIds } from '../ids.js';
import { levelBelow, maxChildren, nameKeyOf, newNode, renaming } from './rules.js';
import type { OrganizationsDependencies } from './service.js';

const nameTaken = () =>
  new AppError('CONFLICT', 'There is one of that name or action here.', { path: ['name'] });

/** The tree of an organization. Nodes never move, so that nothing is inherited by moving. */
export function createStructure({ db, clock, audit }: OrganizationsDependencies) {
  async function add(userId: string, { parentId, ...rest }: { parentId: string }): Promise<OrganizationNode> {
    const { idempotencyKey: key, ...input } = parseInput(newNode, rest);
    const call = { actor: userId, operation: 'addOrganizationNode', key, request: { parentId, ...input } };
    const { id } = await db.$transaction(async (tx) => {
      assertActorMay(await beginChange(tx, userId, parentId, 'parentId'), 'structure.manage');
      return idempotent(tx, call, async () => ({ id: await insert(tx, parentId, input) }));
    });
    return db.organizationNode.findUniqueOrThrow({ where: { id } });
  }

  async function insert(
    tx: Transaction,
    parentId: string,
    { name, action = null }: { name: string; action?: string | null },
  ): Promise<string> {
    const parent = await tx.organizationNode.findUniqueOrThrow({ where: { id: parentId } });
    const level = levelBelow(parent.level, action);
    if ((await tx.organizationNode.count({ where: { parentId } })) >= maxChildren)
      throw new AppError('CONFLICT', `No more than ${maxChildren} lie below one place.`, {
        path: ['parentId'],
      });
    const { organizationId } = parent;
    const id = nodeIds.create();
    const place = { id, organizationId, parentId, level, path: [...parent.path, id] };
    const { count } = await tx.organizationNode.createMany({
      data: [{ ...place, name, nameKey: nameKeyOf(name), action, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    if (count === 0) throw nameTaken();
    await record(tx, id, 'organizationNode.added', { after: { level, name, action } });
    return id;
  }

  async function rename(
    userId: string,
    { nodeId: id, expectedVersion, ...input }: { nodeId: string; expectedVersion: number },
  ): Promise<OrganizationNode> {
    const { name } = parseInput(renaming, input);
    return db.$transaction(async (tx) => {
      assertActorMay(await beginChange(tx, userId, id), 'structure.manage');
      const before = await tx.organizationNode.findUniqueOrThrow({ where: { id } });
      if (before.level === 'ORGANIZATION')
        throw new AppError('INVALID_INPUT', 'The root is called like its organization.', {
          path: ['nodeId'],
        });
      if (before.version !== expectedVersion) {
        throw new AppError('CONFLICT', 'It has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { node: before },
        });
      }
      const data = { name, nameKey: nameKeyOf(name) };
      // Names are changed one after the other, so that nobody takes this one meanwhile.
      const beside = { parentId: before.parentId, nameKey: data.nameKey, id: { not: id } };
      if (await tx.organizationNode.findFirst({ where: beside })) throw nameTaken();
      await record(tx, id, 'organizationNode.renamed', { before: { name: before.name }, after: { name } });
      return tx.organizationNode.update({ where: { id }, data: { ...data, version: { increment: 1 } } });
    });
  }

  /** For whoever may change what lies below its parent. Nothing that is in use goes. */
  const remove = (userId: string, id: string): Promise<void> =>
    db.$transaction(async (tx) => {
      const actor = await beginChange(tx, userId, id);
      const above = actor.place.path.slice(0, -1);
      if (above.length === 0)
        throw new AppError('INVALID_INPUT', 'The root goes with its organization.', { path: ['nodeId'] });
      assertActorMay({ ...actor, place: { ...actor.place, path: above } }, 'structure.manage');
      await assertUnused(tx, id);
      const { level, name, action } = await tx.organizationNode.delete({ where: { id } });
      await record(tx, id, 'organizationNode.removed', { before: { level, name, action } });
    });

  /** Whoever puts something into the node holds a share of its row: the lock waits for them and keeps others out. */
  async function assertUnused(tx: Transaction, id: string): Promise<void> {
    await tx.$executeRaw`SELECT 1 FROM organization_nodes WHERE id = ${id}::uuid FOR UPDATE`;
    const children = await tx.organizationNode.count({ where: { parentId: id } });
    const customers = await tx.customer.count({ where: { departmentId: id } });
    if (children + customers === 0) return;
    throw new AppError('CONFLICT', 'Something is still in it.', { path: ['nodeId'] });
  }

  const listBelow = (parentId: string, page: Page): Promise<OrganizationNode[]> =>
    db.organizationNode.findMany({
      where: { AND: [{ parentId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const record = (
    tx: Transaction,
    id: string,
    action: string,
    change: { before?: Record<string, unknown>; after?: Record<string, unknown> },
  ) => audit.record(tx, { action, subject: { type: 'OrganizationNode', id: nodeIds.encode(id) }, ...change });

  return { add, rename, remove, listBelow };
}

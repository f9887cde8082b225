import { AppError, idempotent, parseInput, type Clock } from '@diaspora/kit';
import type { Customer, CustomerMerge } from '../__generated__/prisma/client.js';
import { differenceOf, recordActivities, type CustomerAccess, type Customers } from '../customers/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { customerIds, customerMergeIds } from '../ids.js';
import { givenBack, newMerge, noSuchMerge, takenBy, undoableForMs } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: CustomerAccess;
  readonly customers: Customers;
}

interface Pair {
  readonly survivor: Customer;
  readonly merged: Customer;
}

/** What belongs to customers and moves with them. */
const children = ['customer_notes', 'customer_tasks', 'customer_activities'] as const;

export function createCustomerMerges({ db, clock, access, customers }: Dependencies) {
  async function merge(
    userId: string,
    { survivorId, mergedId, ...given }: { survivorId: string; mergedId: string },
  ): Promise<CustomerMerge> {
    const { idempotencyKey: key, ...versions } = parseInput(newMerge, given);
    if (survivorId === mergedId)
      throw new AppError('INVALID_INPUT', 'Choose two customers.', { path: ['mergedId'] });
    const call = {
      actor: userId,
      operation: 'mergeCustomers',
      key,
      request: { survivorId, mergedId, ...versions },
    };
    const found = (await isDone(userId, survivorId, mergedId))
      ? null
      : await findPair(userId, survivorId, mergedId);
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        if (!found) throw new AppError('CONFLICT', 'They are merged already.', { path: ['mergedId'] });
        const [survivor, merged] = (await access.lock(tx, [found.survivor, found.merged])) as [
          Customer,
          Customer,
        ];
        assertVersions({ survivor, merged }, versions);
        return { id: await join(tx, userId, { survivor, merged }) };
      }),
    );
    return db.customerMerge.findUniqueOrThrow({ where: { id } });
  }

  /** True for a call that is repeated; told to whoever may merge. */
  async function isDone(userId: string, survivorId: string, mergedId: string): Promise<boolean> {
    const done = await db.customerMerge.count({ where: { survivorId, mergedId, undoneAt: null } });
    if (done === 0) return false;
    await access.find(userId, survivorId, { action: 'customers.merge', path: 'survivorId', isRemoved: true });
    return true;
  }

  async function findPair(userId: string, survivorId: string, mergedId: string): Promise<Pair> {
    const action = 'customers.merge';
    const survivor = await access.find(userId, survivorId, { action, path: 'survivorId' });
    const merged = await access.find(userId, mergedId, { action, path: 'mergedId' });
    if (survivor.organizationId !== merged.organizationId)
      throw new AppError('INVALID_INPUT', 'Both belong to one organization.', { path: ['mergedId'] });
    return { survivor, merged };
  }

  async function join(tx: Transaction, userId: string, { survivor, merged }: Pair): Promise<string> {
    const id = customerMergeIds.create();
    const mergedAt = clock.now();
    const { before, after } = differenceOf(survivor, takenBy(survivor, merged));
    const [noteIds, taskIds, activityIds] = await moveAll(tx, merged.id, survivor.id);
    await tx.customerMerge.create({
      data: {
        ...{ id, survivorId: survivor.id, mergedId: merged.id, mergedAt, mergedById: userId },
        ...{ before: before, after: after, noteIds, taskIds, activityIds },
      },
    });
    await tx.customer.update({
      where: { id: merged.id },
      data: { removedAt: mergedAt, mergedIntoId: survivor.id, version: { increment: 1 } },
    });
    await customers.write(tx, survivor, after, mergedAt);
    await tell(tx, userId, { survivor, merged }, 'MERGED', { before, after });
    return id;
  }

  /** Who reads the history of the one that is left finds when it became more, and less again. */
  async function tell(
    tx: Transaction,
    userId: string,
    { survivor, merged }: Pair,
    kind: 'MERGED' | 'UNMERGED',
    states: { before: object; after: object },
  ): Promise<void> {
    const entry = {
      customerId: survivor.id,
      kind,
      actorId: userId,
      happenedAt: clock.now(),
      summary: merged.name,
    };
    await recordActivities(tx, [entry]);
    const action = kind === 'MERGED' ? 'customer.merged' : 'customer.unmerged';
    const mergedId = customerIds.encode(merged.id);
    await customers.record(tx, survivor.id, action, {
      before: { ...states.before },
      after: { ...states.after, mergedId },
    });
    await customers.record(tx, merged.id, action, { after: { survivorId: customerIds.encode(survivor.id) } });
  }

  async function undo(userId: string, mergeId: string): Promise<CustomerMerge> {
    const known = await db.customerMerge.findUnique({ where: { id: mergeId } });
    if (!known) throw noSuchMerge();
    const wanted = { action: 'customers.merge', path: 'mergeId', isRemoved: true } as const;
    const found = [
      await access.find(userId, known.survivorId, wanted),
      await access.find(userId, known.mergedId, wanted),
    ];
    return db.$transaction(async (tx) => {
      const [survivor, merged] = (await access.lock(tx, found)) as [Customer, Customer];
      // Both rows are locked: of two who undo it at once the second one reads what the first one did.
      const now = await tx.customerMerge.findUniqueOrThrow({ where: { id: mergeId } });
      if (now.undoneAt) return now;
      assertUndoable(now, survivor);
      await part(tx, userId, now, { survivor, merged });
      return tx.customerMerge.update({ where: { id: mergeId }, data: { undoneAt: clock.now() } });
    });
  }

  function assertUndoable({ mergedAt }: CustomerMerge, survivor: Customer): void {
    const refused = (message: string) => new AppError('CONFLICT', message, { path: ['mergeId'] });
    if (clock.now().getTime() - mergedAt.getTime() > undoableForMs)
      throw refused('It is too late to undo this merge.');
    if (survivor.mergedIntoId) throw refused('The customer was merged itself: undo that first.');
    if (survivor.removedAt) throw refused('The customer was removed: bring it back first.');
  }

  async function part(tx: Transaction, userId: string, merge: CustomerMerge, { survivor, merged }: Pair) {
    const { noteIds, taskIds, activityIds } = merge;
    for (const [index, ids] of [noteIds, taskIds, activityIds].entries())
      await move(tx, children[index]!, survivor.id, merged.id, ids);
    await tx.customer.update({
      where: { id: merged.id },
      data: { removedAt: null, mergedIntoId: null, version: { increment: 1 } },
    });
    const { before, after } = differenceOf(survivor, givenBack(survivor, merge));
    await customers.write(tx, survivor, after, clock.now());
    await tell(tx, userId, { survivor, merged }, 'UNMERGED', { before, after });
  }

  return { merge, undo };
}

function assertVersions(
  { survivor, merged }: Pair,
  { survivorVersion, mergedVersion }: { survivorVersion: number; mergedVersion: number },
): void {
  const stale = survivor.version !== survivorVersion ? 'survivorVersion' : 'mergedVersion';
  if (survivor.version === survivorVersion && merged.version === mergedVersion) return;
  throw new AppError('CONFLICT', 'The customer has changed meanwhile.', { path: [stale] });
}

const moveAll = async (
  tx: Transaction,
  from: string,
  to: string,
): Promise<[string[], string[], string[]]> => [
  await move(tx, 'customer_notes', from, to),
  await move(tx, 'customer_tasks', from, to),
  await move(tx, 'customer_activities', from, to),
];

/** All that belongs to a customer, or of these ids what does; returns what went. */
async function move(
  tx: Transaction,
  table: (typeof children)[number],
  from: string,
  to: string,
  ids?: readonly string[],
): Promise<string[]> {
  const chosen = ids ? Prisma.sql`AND id = ANY(${[...ids]}::uuid[])` : Prisma.empty;
  const moved = await tx.$queryRaw<{ id: string }[]>`
    UPDATE ${Prisma.raw(table)} SET customer_id = ${to}::uuid WHERE customer_id = ${from}::uuid ${chosen}
    RETURNING id`;
  return moved.map(({ id }) => id);
}

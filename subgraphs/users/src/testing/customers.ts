import type { Viewer } from '@diaspora/kit';
import type { Customer, CustomerTask } from '../__generated__/prisma/client.js';
import { derivedFrom } from '../customers/index.js';
import type { Db } from '../database.js';
import {
  customerFieldIds,
  customerIds,
  customerMergeIds,
  customerNoteIds,
  customerTaskIds,
  nodeIds,
} from '../ids.js';
import { organizationBuilders } from './organizations.js';

/** Builders of customers: rows as the commands would leave them. */
export function customerBuilders(db: Db, clock: { now(): Date }) {
  const { organization, node, member, grant } = organizationBuilders(db, clock);
  let count = 0;

  async function customer(departmentId: string, overrides: Partial<Customer> = {}) {
    const { organizationId } = await db.organizationNode.findUniqueOrThrow({ where: { id: departmentId } });
    const now = clock.now();
    const said = {
      ...{ name: `Customer ${++count}`, email: null, phone: null, website: null, city: null, tags: [] },
      ...overrides,
    };
    const row = {
      ...{ id: customerIds.create(), organizationId, departmentId, kind: 'COMPANY' as const },
      ...{ createdAt: now, updatedAt: now, createdById: customerIds.create() },
      ...derivedFrom(said),
      ...said,
    };
    const made = await db.customer.create({ data: row as never });
    return { ...made, publicId: customerIds.encode(made.id) };
  }

  async function customerField(
    organizationId: string,
    type: 'TEXT' | 'NUMBER' | 'DATE' | 'BOOLEAN' | 'CHOICE',
    options: string[] = [],
  ) {
    const name = `Field ${++count}`;
    const id = customerFieldIds.create();
    const row = { id, organizationId, name, nameKey: name.toLowerCase(), type, options };
    await db.customerField.create({ data: { ...row, createdAt: clock.now() } });
    return { ...row, publicId: customerFieldIds.encode(id) };
  }

  async function customerNote({ id: customerId }: { id: string }, author: { id: string }, text = 'A note') {
    const id = customerNoteIds.create();
    const now = clock.now();
    await db.customerNote.create({
      data: { id, customerId, authorId: author.id, text, createdAt: now, updatedAt: now },
    });
    return { id, publicId: customerNoteIds.encode(id) };
  }

  async function customerTask(
    { id: customerId, organizationId }: Pick<Customer, 'id' | 'organizationId'>,
    overrides: Partial<CustomerTask> = {},
  ) {
    const id = customerTaskIds.create();
    const now = clock.now();
    const said = {
      title: `Task ${++count}`,
      dueAt: now,
      createdAt: now,
      createdById: customerTaskIds.create(),
    };
    await db.customerTask.create({ data: { id, customerId, organizationId, ...said, ...overrides } });
    return { id, publicId: customerTaskIds.encode(id) };
  }

  /** What a merge leaves, of two customers of which nothing was moved. */
  async function customerMerge(
    { id: survivorId }: { id: string },
    { id: mergedId }: { id: string },
    by: { id: string },
  ) {
    const id = customerMergeIds.create();
    const nothing = { before: {}, after: {}, noteIds: [], taskIds: [], activityIds: [] };
    await db.customerMerge.create({
      data: { id, survivorId, mergedId, ...nothing, mergedAt: clock.now(), mergedById: by.id },
    });
    return { id, publicId: customerMergeIds.encode(id) };
  }

  /** An organization with two departments, its owner, and a member who may do `actions` in the first one. */
  async function office(
    person: () => Promise<{ id: string; publicId: string; viewer: Viewer }>,
    actions: string[] = ['customers.read', 'customers.write'],
  ) {
    const [owner, clerk] = [await person(), await person()];
    const made = await organization(owner);
    const [sales, other] = [await node(made.id), await node(made.id)];
    const membership = await member(made, clerk);
    for (const action of actions) await grant(membership, sales.id, action);
    return { ...made, owner, clerk, membership, sales, other, rootId: nodeIds.encode(made.id) };
  }

  return { customer, customerField, customerNote, customerTask, customerMerge, office };
}

import {
  addJob,
  AppError,
  defineJob,
  idempotent,
  onJob,
  parseInput,
  type Audit,
  type Clock,
} from '@diaspora/kit';
import { z } from 'zod';
import type { CustomerField } from '../__generated__/prisma/client.js';
import type { Authority } from '../authority/index.js';
import type { Db, Transaction } from '../database.js';
import { customerFieldIds } from '../ids.js';
import { assertOptionsFit, fieldChanges, fieldNameKeyOf, maxFields, newField } from './rules.js';

export type CustomerFields = ReturnType<typeof createCustomerFields>;

export interface CustomerFieldsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly authority: Authority;
}

const forgetCustomerField = defineJob(
  'forgetCustomerField',
  z.object({ organizationId: z.uuid(), fieldId: z.uuid() }),
);
const forgottenAtOnce = 1_000;

const noSuchField = () => new AppError('NOT_FOUND', 'There is no such field.', { path: ['fieldId'] });
const nameTaken = () => new AppError('CONFLICT', 'There is a field of that name.', { path: ['name'] });

/** Which custom fields the customers of an organization have. */
export function createCustomerFields({ db, clock, audit, authority }: CustomerFieldsDependencies) {
  async function create(
    userId: string,
    { organizationId, ...given }: { organizationId: string },
  ): Promise<CustomerField> {
    const { idempotencyKey: key, ...input } = parseInput(newField, given);
    await authority.assertMay(userId, 'customers.configure', organizationId);
    const call = {
      actor: userId,
      operation: 'createCustomerField',
      key,
      request: { organizationId, ...input },
    };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ id: await insert(tx, organizationId, input) })),
    );
    return db.customerField.findUniqueOrThrow({ where: { id } });
  }

  async function insert(
    tx: Transaction,
    organizationId: string,
    input: Pick<CustomerField, 'name' | 'type' | 'options'>,
  ): Promise<string> {
    // One after the other, so that adding in parallel does not get past the limit.
    await tx.$executeRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`;
    if ((await tx.customerField.count({ where: { organizationId } })) >= maxFields)
      throw new AppError('CONFLICT', `An organization has no more than ${maxFields} custom fields.`);
    const id = customerFieldIds.create();
    const nameKey = fieldNameKeyOf(input.name);
    const { count } = await tx.customerField.createMany({
      data: [{ id, organizationId, ...input, nameKey, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    if (count === 0) throw nameTaken();
    await record(tx, id, 'customerField.created', { after: { ...input } });
    return id;
  }

  async function update(
    userId: string,
    { fieldId: id, expectedVersion, ...given }: { fieldId: string; expectedVersion: number },
  ): Promise<CustomerField> {
    const { name, options } = parseInput(fieldChanges, given);
    await assertMayConfigure(userId, id);
    return db.$transaction(async (tx) => {
      const before = await lock(tx, id);
      assertOptionsFit(before.type, options);
      if (before.version !== expectedVersion) {
        throw new AppError('CONFLICT', 'It has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { field: before },
        });
      }
      const nameKey = name && fieldNameKeyOf(name);
      const beside = { organizationId: before.organizationId, nameKey: nameKey ?? '', id: { not: id } };
      if (nameKey && (await tx.customerField.findFirst({ where: beside }))) throw nameTaken();
      const change = { ...(name && nameKey && { name, nameKey }), ...(options && { options }) };
      await record(tx, id, 'customerField.changed', {
        before: { name: before.name, options: before.options },
        after: { name: name ?? before.name, options: options ?? before.options },
      });
      return tx.customerField.update({ where: { id }, data: { ...change, version: { increment: 1 } } });
    });
  }

  /** Its values are out of sight at once, and gone soon. */
  async function remove(userId: string, id: string): Promise<void> {
    await assertMayConfigure(userId, id);
    await db.$transaction(async (tx) => {
      const { organizationId, name, type, options } = await lock(tx, id);
      await tx.customerField.delete({ where: { id } });
      await addJob(tx, forgetCustomerField, { organizationId, fieldId: id });
      await record(tx, id, 'customerField.removed', { before: { name, type, options } });
    });
  }

  async function assertMayConfigure(userId: string, id: string): Promise<void> {
    const field = await db.customerField.findUnique({ where: { id } });
    if (!field) throw noSuchField();
    await authority.assertMay(userId, 'customers.configure', field.organizationId, 'fieldId');
  }

  /** The organization's row is locked: names are given one after the other. */
  async function lock(tx: Transaction, id: string): Promise<CustomerField> {
    await tx.$executeRaw`
      SELECT 1 FROM organizations WHERE id = (SELECT organization_id FROM customer_fields WHERE id = ${id}::uuid)
      FOR NO KEY UPDATE`;
    const field = await tx.customerField.findUnique({ where: { id } });
    if (!field) throw noSuchField();
    return field;
  }

  async function forgetValues({ organizationId, fieldId }: { organizationId: string; fieldId: string }) {
    let forgotten: number;
    do {
      forgotten = await db.$executeRaw`
        UPDATE customers SET custom = custom - ${fieldId}::text WHERE id IN (
          SELECT id FROM customers WHERE organization_id = ${organizationId}::uuid AND jsonb_exists(custom, ${fieldId}::text)
          LIMIT ${forgottenAtOnce})`;
    } while (forgotten === forgottenAtOnce);
  }

  const listOf = (organizationId: string): Promise<CustomerField[]> =>
    db.customerField.findMany({ where: { organizationId } });

  const record = (
    tx: Transaction,
    id: string,
    action: string,
    change: { before?: Record<string, unknown>; after?: Record<string, unknown> },
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'CustomerField', id: customerFieldIds.encode(id) },
      ...change,
    });

  return { create, update, remove, listOf, jobs: onJob(forgetCustomerField, forgetValues) };
}

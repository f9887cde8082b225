import { AppError, defineLongJob, idempotencyKey } from '@diaspora/kit';
import { z } from 'zod';
import type { Customer } from '../__generated__/prisma/client.js';
import { customerFilter, isEmptyFilter, maxTags, tags, type CustomerFilter } from '../customers/index.js';

/** Of one change. */
export const maxChanged = 50_000;

const bulkSet = z.object({
  status: z.enum(['LEAD', 'PROSPECT', 'ACTIVE', 'INACTIVE']).nullish(),
  ownerId: z.string().nullable().optional(),
  departmentId: z.string().nullish(),
  addTags: tags.nullish(),
  removeTags: tags.nullish(),
});
export type BulkSet = z.output<typeof bulkSet>;

export const newBulkChange = z.object({ idempotencyKey: idempotencyKey(), set: bulkSet });
export const newBulkRemoval = z.object({ idempotencyKey: idempotencyKey() });

export const changeManyCustomers = defineLongJob('changeManyCustomers', {
  input: z.object({
    organizationId: z.uuid(),
    filter: customerFilter,
    /** Null to remove them. */
    set: bulkSet.nullable(),
  }),
  cursor: z.object({ after: z.uuid(), changed: z.int() }),
  result: z.object({ changed: z.int() }),
  unit: 'customers',
});

export function assertNarrow(filter: CustomerFilter): void {
  if (isEmptyFilter(filter))
    throw new AppError('INVALID_INPUT', 'Say which customers: this filter leaves nobody out.', {
      path: ['filter'],
    });
}

export function assertSomething(set: BulkSet): void {
  const { ownerId, ...rest } = set;
  const isNothing = Object.values(rest).every(
    (value) => value == null || (Array.isArray(value) && value.length === 0),
  );
  if (isNothing && ownerId === undefined)
    throw new AppError('INVALID_INPUT', 'Say what changes.', { path: ['set'] });
}

/** A customer after the change. */
export const changed = (
  customer: Customer,
  { status, ownerId, departmentId, addTags, removeTags }: BulkSet,
) => ({
  status: status ?? customer.status,
  ownerId: ownerId === undefined ? customer.ownerId : ownerId,
  departmentId: departmentId ?? customer.departmentId,
  tags: [...new Set([...customer.tags.filter((tag) => !removeTags?.includes(tag)), ...(addTags ?? [])])]
    .slice(0, Math.max(maxTags, customer.tags.length))
    .sort(),
});

import { AppError, dayMs, idempotencyKey } from '@diaspora/kit';
import { z } from 'zod';
import type { Customer } from '../__generated__/prisma/client.js';
import { maxTags } from '../customers/index.js';

/** As long as what was merged is kept. */
export const undoableForMs = 30 * dayMs;

export const newMerge = z.object({
  idempotencyKey: idempotencyKey(),
  survivorVersion: z.int(),
  mergedVersion: z.int(),
});

const filled = [
  ...(['email', 'phone', 'website', 'street', 'postalCode', 'city', 'countryCode', 'ownerId'] as const),
];
type Fields = Pick<Customer, (typeof filled)[number] | 'tags' | 'custom'>;

/** What the survivor takes: what it lacks, and the tags and custom fields of both, its own first. */
export function takenBy(survivor: Customer, merged: Customer): Partial<Fields> {
  const lacking = filled.filter((field) => survivor[field] === null && merged[field] !== null);
  const tags = [...new Set([...survivor.tags, ...merged.tags])].slice(0, maxTags).sort();
  const custom = { ...(merged.custom as object), ...(survivor.custom as object) };
  return { ...Object.fromEntries(lacking.map((field) => [field, merged[field]])), tags, custom };
}

/** Of what a merge changed what is still as it became then, as it was before. */
export function givenBack(
  survivor: Customer,
  { before, after }: { readonly before: unknown; readonly after: unknown },
): Partial<Customer> {
  const became = after as Record<string, unknown>;
  const isUnchanged = ([field]: [string, unknown]) =>
    canonical(survivor[field as keyof Customer]) === canonical(became[field]);
  return Object.fromEntries(Object.entries(before as object).filter(isUnchanged));
}

/** JSON in one order of keys: PostgreSQL keeps none. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );

export const noSuchMerge = () => new AppError('NOT_FOUND', 'There is no such merge.', { path: ['mergeId'] });

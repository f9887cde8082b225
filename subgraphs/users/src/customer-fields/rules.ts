import { AppError, foldName, idempotencyKey, line } from '@diaspora/kit';
import { z } from 'zod';
import type { CustomerField, CustomerFieldType } from '../__generated__/prisma/client.js';

/** In one organization. */
export const maxFields = 50;

const name = line({ max: 60 });
const options = z
  .array(line({ max: 60 }))
  .max(50)
  .transform((values) => [...new Set(values)]);

export const newField = z
  .object({
    idempotencyKey: idempotencyKey(),
    name,
    type: z.enum(['TEXT', 'NUMBER', 'DATE', 'BOOLEAN', 'CHOICE']),
    options: options.nullish().transform((given) => given ?? []),
  })
  .refine(({ type, options: given }) => (type === 'CHOICE') === given.length > 0, {
    path: ['options'],
    message: 'are what a CHOICE has, and nothing else',
  });

export const fieldChanges = z.object({
  name: name.nullish().transform((given) => given ?? undefined),
  options: options.nullish().transform((given) => given ?? undefined),
});

export function assertOptionsFit(type: CustomerFieldType, given: readonly string[] | undefined): void {
  if (given === undefined || (type === 'CHOICE') === given.length > 0) return;
  throw new AppError('INVALID_INPUT', 'Options are what a CHOICE has, and nothing else.', {
    path: ['options'],
  });
}

export const fieldNameKeyOf = foldName;

export type CustomValue = string | number | boolean;
/** By the id of the field. */
export type CustomValues = Readonly<Record<string, CustomValue>>;

/** A value as clients give it: in the field of its type, or nowhere. */
export interface TypedValue {
  readonly text?: string | null | undefined;
  readonly number?: number | null | undefined;
  readonly date?: string | null | undefined;
  readonly isTrue?: boolean | null | undefined;
}

const placeOf: Record<CustomerFieldType, keyof TypedValue> = {
  TEXT: 'text',
  CHOICE: 'text',
  NUMBER: 'number',
  DATE: 'date',
  BOOLEAN: 'isTrue',
};

const text = line({ max: 500 });

/** What is kept of a value that was given for a field; null clears. Throws INVALID_INPUT when it is of another type. */
export function parseCustomValue(
  field: Pick<CustomerField, 'name' | 'type' | 'options'>,
  given: TypedValue,
): CustomValue | null {
  const refused = (message: string) =>
    new AppError('INVALID_INPUT', `“${field.name}” ${message}`, { path: ['customFields'] });
  const place = placeOf[field.type];
  const isElsewhere = (['text', 'number', 'date', 'isTrue'] as const).some(
    (each) => each !== place && given[each] != null,
  );
  if (isElsewhere) throw refused(`takes its value in the field ${place}.`);
  const value = given[place] ?? null;
  if (typeof value !== 'string' || field.type === 'DATE') return value;
  if (field.type === 'CHOICE' && !field.options.includes(value)) throw refused('has no such option.');
  const parsed = text.safeParse(value);
  if (!parsed.success) throw refused('takes one line of at most 500 characters.');
  return parsed.data;
}

/** The values of a customer for the fields there are, in the place of their type. */
export const customValues = (
  fields: readonly CustomerField[],
  values: CustomValues,
): { field: CustomerField; value: TypedValue }[] =>
  fields.flatMap((field) => {
    const value = values[field.id];
    return value === undefined ? [] : [{ field, value: { [placeOf[field.type]]: value } }];
  });

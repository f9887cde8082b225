import { AppError } from '@diaspora/kit';
import type { CustomerField } from '../__generated__/prisma/client.js';
import {
  parseCustomValue,
  type CustomValue,
  type CustomValues,
  type TypedValue,
} from '../customer-fields/index.js';

export type GivenValue = TypedValue & { readonly fieldId: string };

const refused = (message: string) => new AppError('INVALID_INPUT', message, { path: ['customFields'] });

function parseAll(
  fields: readonly CustomerField[],
  given: readonly GivenValue[],
): [string, CustomValue | null][] {
  if (given.length > fields.length) throw refused('Name each field once.');
  return given.map(({ fieldId, ...value }) => {
    const field = fields.find(({ id }) => id === fieldId);
    if (!field) throw refused('The organization has no such field.');
    return [fieldId, parseCustomValue(field, value)];
  });
}

/** The values of a customer after those given: one without a value is cleared. */
export function withValues(
  before: CustomValues,
  fields: readonly CustomerField[],
  given: readonly GivenValue[],
): CustomValues {
  const after = { ...before, ...Object.fromEntries(parseAll(fields, given)) };
  return Object.fromEntries(
    Object.entries(after).filter((entry): entry is [string, CustomValue] => entry[1] !== null),
  );
}

/** The values that a filter asks for. */
export function wantedValues(fields: readonly CustomerField[], given: readonly GivenValue[]): CustomValues {
  const wanted = parseAll(fields, given);
  if (wanted.some(([, value]) => value === null)) throw refused('A filter says which value.');
  return Object.fromEntries(wanted) as CustomValues;
}

import { AppError, idempotencyKey, line, text } from '@diaspora/kit';
import { z } from 'zod';
import { dataFieldsOf, offerOf, type DataField } from '../webhook-catalogue/index.js';

/** Holds when one of the values at the path is one of these. */
export interface Condition {
  readonly path: string;
  readonly anyOf: readonly string[];
}

const name = line({ max: 80 });
const url = z.url({ protocol: /^https?$/ }).max(2_000);
const eventTypes = z
  .array(z.string().max(100))
  .min(1)
  .max(100)
  .transform((types) => [...new Set(types)].sort());
const filter = z
  .array(z.object({ path: z.string().max(100), anyOf: z.array(z.string().max(200)).min(1).max(50) }))
  .max(10);

export const newWebhook = z.object({
  idempotencyKey: idempotencyKey(),
  name,
  url,
  eventTypes,
  filter: filter.nullish().transform((given) => given ?? []),
});
export const webhookChange = z.object({
  name: name.nullish(),
  url: url.nullish(),
  eventTypes: eventTypes.nullish(),
  filter: filter.nullish(),
});
export const rotation = z.object({
  overlapHours: z
    .number()
    .int()
    .min(0)
    .max(30 * 24)
    .default(24),
});
export const disabling = z.object({ reason: text({ max: 1_000 }) });

const refuse = (message: string, path: readonly string[]) => new AppError('INVALID_INPUT', message, { path });

/** Refuses types that are not offered, and conditions that could never hold for one of them. */
export function assertCanMatch(types: readonly string[], conditions: readonly Condition[]): void {
  for (const [index, type] of types.entries())
    if (!offerOf(type)) throw refuse(`Partners are not told of "${type}".`, ['eventTypes', String(index)]);
  for (const [index, condition] of conditions.entries())
    for (const type of types) assertCanHold(condition, type, ['filter', String(index)]);
}

function assertCanHold({ path, anyOf }: Condition, type: string, at: readonly string[]): void {
  const field = dataFieldsOf(offerOf(type)!.schema).find((each) => each.path === path);
  if (!field) throw refuse(`The data of ${type} has no "${path}".`, [...at, 'path']);
  const wrong = anyOf.findIndex((value) => !canBe(field, value));
  if (wrong >= 0) throw refuse(`"${path}" of ${type} is never that value.`, [...at, 'anyOf', String(wrong)]);
}

const canBe = ({ kind, values }: DataField, value: string): boolean =>
  values?.includes(value) ?? (kind === 'NUMBER' ? String(Number(value)) === value : true);

/** Whether all conditions hold for the data. */
export const matches = (conditions: readonly Condition[], data: unknown): boolean =>
  conditions.every(({ path, anyOf }) => valuesAt(data, path).some((value) => anyOf.includes(String(value))));

function valuesAt(data: unknown, path: string): unknown[] {
  const value = path
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], data);
  return value == null ? [] : [value].flat();
}

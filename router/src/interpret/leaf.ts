import { isEnumType, type GraphQLLeafType } from 'graphql';

/** The value as the response has it; undefined when it is no value of the type. Custom scalars pass any JSON. */
export function completeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) ? value : undefined;
  const check = checks.get(type.name);
  return check ? check(value) : value;
}

const largestInt = 2_147_483_647;

const checks = new Map<string, (value: unknown) => unknown>([
  ['Int', (value) => (isInt(value) ? value : undefined)],
  ['Float', (value) => (Number.isFinite(value) ? value : undefined)],
  ['String', (value) => (typeof value === 'string' ? value : undefined)],
  ['Boolean', (value) => (typeof value === 'boolean' ? value : undefined)],
  [
    'ID',
    (value) => (Number.isSafeInteger(value) ? String(value) : typeof value === 'string' ? value : undefined),
  ],
]);

const isInt = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= largestInt + (value < 0 ? 1 : 0);

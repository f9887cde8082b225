import { AppError, foldName } from '@diaspora/kit';
import type { CustomerField } from '../__generated__/prisma/client.js';
import { parseCustomValue, type CustomValues, type TypedValue } from '../customer-fields/index.js';
import { derivedFrom, details, type CustomerDetails } from '../customers/index.js';

/** Columns of a file by what their head says, folded. */
const knownColumns: Readonly<Record<string, keyof CustomerDetails>> = {
  name: 'name',
  kind: 'kind',
  status: 'status',
  email: 'email',
  'e-mail': 'email',
  phone: 'phone',
  website: 'website',
  street: 'street',
  'postal code': 'postalCode',
  city: 'city',
  country: 'countryCode',
  tags: 'tags',
};
/** Exports have them; they are not taken from a file. */
const ignoredColumns = new Set(['id', 'department', 'owner', 'created', 'updated']);

type Column = { readonly title: string } & (
  | { readonly detail: keyof CustomerDetails }
  | { readonly field: CustomerField }
  | { readonly isIgnored: true }
);

/** What the columns of a file stand for. Throws INVALID_INPUT for those that stand for nothing, or for the same. */
export function columnsOf(head: readonly string[], fields: readonly CustomerField[]): Column[] {
  const seen = new Set<string>();
  const columns = head.map((title): Column => {
    const key = foldName(title);
    const detail = knownColumns[key];
    const field = fields.find(({ nameKey }) => nameKey === key);
    const meaning = detail ?? field?.id ?? key;
    if (seen.has(meaning))
      throw new AppError('INVALID_INPUT', `The column “${shown(title)}” is there twice.`);
    seen.add(meaning);
    if (detail) return { title, detail };
    if (field) return { title, field };
    if (ignoredColumns.has(key)) return { title, isIgnored: true };
    throw new AppError(
      'INVALID_INPUT',
      `No customer has a “${shown(title)}”: rename the column or leave it out.`,
    );
  });
  if (!seen.has('name')) throw new AppError('INVALID_INPUT', 'The file has no column “name”.');
  return columns;
}

const shown = (title: string) => title.slice(0, 60);

export interface Fault {
  readonly column: string | null;
  readonly message: string;
}

/** A customer as it will be added. */
export type ReadyRow = CustomerDetails & ReturnType<typeof derivedFrom> & { readonly custom: CustomValues };

/** A quotation mark keeps spreadsheets from calculating what follows; exports put it there. */
const unquoted = (value: string) => value.trim().replace(/^'(?=[=+\-@\t\r＝＋－＠])/, '');

export const isBlank = (row: readonly string[]): boolean => row.every((value) => value.trim() === '');

/** A row as a customer, or what is wrong with it. */
export function readRow(columns: readonly Column[], row: readonly string[]): ReadyRow | Fault {
  if (row.length > columns.length) return { column: null, message: 'It has more values than the head.' };
  const said: Record<string, unknown> = {};
  const custom: Record<string, string | number | boolean> = {};
  for (const [index, column] of columns.entries()) {
    const value = unquoted(row[index] ?? '');
    if (value === '' || 'isIgnored' in column) continue;
    if ('detail' in column) said[column.detail] = spelled(column.detail, value);
    else {
      const read = readCustom(column.field, value);
      if (read === null) return { column: column.title, message: `This is no ${words[column.field.type]}.` };
      custom[column.field.id] = read;
    }
  }
  const parsed = details.safeParse({ ...unsaid, ...said });
  if (parsed.success) return { ...parsed.data, ...derivedFrom(parsed.data), custom };
  const [issue] = parsed.error.issues;
  const column = columns.find((each) => 'detail' in each && each.detail === issue?.path[0]);
  return { column: column?.title ?? null, message: issue?.message ?? 'This is not valid.' };
}

export const isFault = (row: ReadyRow | Fault): row is Fault => 'message' in row;

const unsaid = {
  ...{ kind: 'PERSON', status: 'LEAD', email: null, phone: null, website: null, street: null },
  ...{ postalCode: null, city: null, countryCode: null, ownerId: null, tags: [] },
};

function spelled(detail: keyof CustomerDetails, value: string): unknown {
  if (detail === 'tags')
    return value
      .split(/[;,]/)
      .map((tag) => tag.trim())
      .filter(Boolean);
  if (detail === 'phone') return value.replace(/[\s().-]/g, '').replace(/^00/, '+');
  return detail === 'kind' || detail === 'status' || detail === 'countryCode' ? value.toUpperCase() : value;
}

const words = {
  TEXT: 'line of at most 500 characters',
  NUMBER: 'number',
  DATE: 'day, such as 2026-03-01',
  BOOLEAN: 'yes or no',
  CHOICE: 'option of the field',
} as const;

const yes = new Set(['yes', 'true', '1']);
const no = new Set(['no', 'false', '0']);

/** Null for what is no value of the field. */
function readCustom(field: CustomerField, value: string): string | number | boolean | null {
  const given = typed(field.type, value);
  if (!given) return null;
  try {
    return parseCustomValue(field, given);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function typed(type: CustomerField['type'], value: string): TypedValue | null {
  if (type === 'TEXT' || type === 'CHOICE') return { text: value };
  if (type === 'NUMBER') return Number.isFinite(Number(value)) ? { number: Number(value) } : null;
  if (type === 'DATE') return isDay(value) ? { date: value } : null;
  const folded = foldName(value);
  return yes.has(folded) ? { isTrue: true } : no.has(folded) ? { isTrue: false } : null;
}

function isDay(value: string): boolean {
  const day = new Date(`${value}T00:00:00.000Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
  );
}

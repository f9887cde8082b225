import { AppError, dayMs, foldName, foldPlace, idempotencyKey, line, placeName, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Customer } from '../__generated__/prisma/client.js';
import { recordedFilter } from '../audit/index.js';

export const maxTags = 20;
/** Removed and merged customers can be brought back that long. */
export const removedForMs = 30 * dayMs;
/** Beyond it nobody counts. */
export const countedUpTo = 10_000;

/** A list of ids or the like in a filter. */
const some = <Schema extends z.ZodType>(each: Schema) => z.array(each).max(100);

const kind = z.enum(['PERSON', 'COMPANY']);
const status = z.enum(['LEAD', 'PROSPECT', 'ACTIVE', 'INACTIVE']);
const tag = line({ max: 40 }).transform(foldName);
export const tags = z
  .array(tag)
  .max(maxTags)
  .transform((given) => [...new Set(given)].sort());

const website = z
  .union([z.string(), z.instanceof(URL)])
  .transform(String)
  .pipe(z.url({ protocol: /^https?$/, message: 'must be a web address' }).max(300));
const email = z.email('must be an e-mail address').max(254);
const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number in international form: +40211234567');

/** What is said about a customer, however it comes here. */
export const details = z.object({
  kind,
  status,
  name: line({ max: 200 }),
  email: email.nullable(),
  phone: phone.nullable(),
  website: website.nullable(),
  street: text({ max: 200 }).nullable(),
  postalCode: line({ max: 20 }).nullable(),
  city: placeName({ max: 80 }).nullable(),
  countryCode: z.string().length(2).nullable(),
  ownerId: z.string().nullable(),
  tags,
});

const notNull = <Value>(value: Value | null | undefined) => value ?? undefined;

/** Absent keeps; null clears what may be absent, and is nothing for what may not. */
export const customerChanges = details.partial().extend({
  departmentId: z.string().nullish().transform(notNull),
  kind: kind.nullish().transform(notNull),
  status: status.nullish().transform(notNull),
  name: line({ max: 200 }).nullish().transform(notNull),
  tags: tags.nullish().transform((given) => (given === null ? [] : given)),
});

export const newCustomer = customerChanges.omit({ departmentId: true }).extend({
  idempotencyKey: idempotencyKey(),
  kind,
  status: status.nullish().transform((given) => given ?? ('LEAD' as const)),
  name: line({ max: 200 }),
});

export type CustomerDetails = z.output<typeof details>;
/** A long job keeps it as text. */
const instant = z.coerce.date();

export const customerFilter = z.object({
  departmentIds: some(z.string()).nullish(),
  kind: kind.nullish(),
  statuses: some(status).nullish(),
  ownerIds: some(z.string()).nullish(),
  isUnowned: z.boolean().nullish(),
  tags: tags.nullish(),
  countryCodes: some(z.string()).nullish(),
  city: placeName({ max: 80 }).nullish(),
  email: z.string().max(254).nullish(),
  createdFrom: instant.nullish(),
  createdBefore: instant.nullish(),
  updatedFrom: instant.nullish(),
  updatedBefore: instant.nullish(),
  /** Values by the id of their custom field. */
  custom: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});

export type CustomerFilter = z.output<typeof customerFilter>;

const words = line({ min: 0, max: 100 }).transform((given) => foldPlace(given).split(' ').filter(Boolean));

/** The words of a search, folded; none when it is absent. */
export const searchWords = words.nullish().transform((given) => given ?? []);

/** True when a filter leaves nobody out. No tags are no condition; of no departments, states and the like there is nobody. */
export const isEmptyFilter = ({ tags: wanted, custom, ...rest }: CustomerFilter): boolean =>
  !wanted?.length &&
  Object.keys(custom ?? {}).length === 0 &&
  Object.values(rest).every((value) => value === null || value === undefined);

/** What the audit trail keeps of it. */
export const recordedOf = (filter: CustomerFilter) => ({
  ...recordedFilter(filter, ['departmentIds', 'kind', 'statuses', 'ownerIds']),
  customFieldIds: Object.keys(filter.custom ?? {}),
});

type Derived = Pick<Customer, 'nameKey' | 'emailKey' | 'cityKey' | 'searchText'>;

/** What follows from the details, for orders and searches. */
export function derivedFrom(
  customer: Pick<Customer, 'name' | 'email' | 'phone' | 'website' | 'city' | 'tags'>,
): Derived {
  const { name, email: address, phone: number, website: site, city, tags: words } = customer;
  const said = [name, address, number, site, city, ...words].filter((part) => part !== null);
  return {
    nameKey: foldPlace(name) || foldName(name),
    emailKey: address?.toLowerCase() ?? null,
    cityKey: city === null ? null : foldPlace(city),
    searchText: foldPlace(said.join(' ')),
  };
}

const compared = [
  ...['kind', 'status', 'name', 'email', 'phone', 'website', 'street', 'postalCode', 'city', 'countryCode'],
  ...['ownerId', 'tags', 'departmentId', 'custom'],
] as (keyof Customer)[];

/** The fields in which two states of a customer differ, with both values: for the history and the audit trail. */
export function differenceOf(before: Partial<Customer>, after: Partial<Customer>) {
  const fields = compared.filter(
    (field) => field in after && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const pick = (customer: Partial<Customer>) =>
    Object.fromEntries(fields.map((field) => [field, customer[field] ?? null]));
  return { fields, before: pick(before), after: pick(after) };
}

export const noSuchCustomer = (path = 'customerId') =>
  new AppError('NOT_FOUND', 'There is no such customer.', { path: [path] });

export const changedMeanwhile = (customer: Customer, path = 'expectedVersion') =>
  new AppError('CONFLICT', 'The customer has changed meanwhile.', { path: [path], payload: { customer } });

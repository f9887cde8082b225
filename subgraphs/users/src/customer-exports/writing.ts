import { stringify } from 'csv-stringify/sync';
import type { Customer, CustomerField } from '../__generated__/prisma/client.js';
import type { CustomValues } from '../customer-fields/index.js';
import { customerIds, nodeIds, userIds } from '../ids.js';

const known = [
  ...[
    'id',
    'name',
    'kind',
    'status',
    'email',
    'phone',
    'website',
    'street',
    'postal code',
    'city',
    'country',
  ],
  ...['tags', 'department', 'owner', 'created', 'updated'],
];

const lines = (rows: unknown[][]): string =>
  stringify(rows, {
    // A cell that begins like a formula is one to a spreadsheet: it gets a quotation mark in front.
    escape_formulas: true,
    record_delimiter: '\r\n',
    cast: { boolean: (value) => (value ? 'yes' : 'no'), date: (value) => value.toISOString() },
  });

/** The head of the file, with a mark by which spreadsheets know that it is UTF-8. */
export const headOf = (fields: readonly CustomerField[]): string =>
  `\ufeff${lines([[...known, ...fields.map(({ name }) => name)]])}`;

export const linesOf = (customers: readonly Customer[], fields: readonly CustomerField[]): string =>
  lines(customers.map((customer) => valuesOf(customer, fields)));

const valuesOf = (customer: Customer, fields: readonly CustomerField[]): unknown[] => {
  const custom = customer.custom as CustomValues;
  return [
    customerIds.encode(customer.id),
    ...[customer.name, customer.kind, customer.status, customer.email, customer.phone, customer.website],
    ...[customer.street, customer.postalCode, customer.city, customer.countryCode, customer.tags.join('; ')],
    nodeIds.encode(customer.departmentId),
    customer.ownerId ? userIds.encode(customer.ownerId) : null,
    ...[customer.createdAt, customer.updatedAt],
    ...fields.map(({ id }) => custom[id]),
  ];
};

import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { AppError } from '../errors.js';
import { aViewer, testSubgraph } from '../testing/subgraph.js';
import { defineSubgraph, type Slice } from './define-subgraph.js';
import {
  anyone,
  authenticated,
  carriers,
  hasRole,
  hasScope,
  personOr,
  inPerson,
  mergePermissions,
  permission,
} from './permissions.js';

const typeDefs = parse(`
  extend type Query {
    open: String
    members: String
    chiefs: String
    diarists: String
    machines: String
    either: String
    refused: String
    reasoned: String
    faulty: String
    forgotten: String
    item: Item
  }
  type Item @key(fields: "id") { id: ID! title: String secret: String forgotten: String }
`);

/** Every field would answer its own name: what keeps it back is its rule. */
const resolvers = {
  Query: {
    ...Object.fromEntries(
      [
        ...['open', 'members', 'chiefs', 'diarists', 'machines', 'either'],
        ...['refused', 'reasoned', 'faulty', 'forgotten'],
      ].map((name) => [name, () => name]),
    ),
    item: () => ({ id: '1' }),
  },
  Item: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    title: () => 'title',
    secret: () => 'secret',
    forgotten: () => 'forgotten',
  },
};

const permissions = {
  Query: {
    open: anyone,
    item: anyone,
    members: authenticated,
    chiefs: hasRole('CHIEF', 'DEPUTY'),
    diarists: inPerson,
    machines: hasScope('things:read'),
    either: personOr('things:read'),
    refused: permission('never', () => false),
    reasoned: permission('closed', () => new AppError('UNAVAILABLE', 'Closed today.')),
    faulty: permission('faulty', () => Promise.reject(new Error('connect ECONNREFUSED db.internal'))),
  },
  Item: { id: anyone, title: anyone, secret: hasRole('CHIEF') },
};

const slice: Slice = { typeDefs, resolvers, permissions };
const { as, anonymous } = testSubgraph(
  defineSubgraph({ name: 'test', slices: [slice], createContext: (base) => base }),
);
const member = aViewer();
const chief = aViewer({ roles: ['CHIEF'] });
const service = aViewer({ kind: 'service', roles: ['SERVICE'], scopes: ['things:read'] });
const unscoped = aViewer({ kind: 'service', roles: ['PARTNER'] });
const impersonated = aViewer({ impersonatorId: chief.id });

describe('permissions', () => {
  it.each([
    ['a visitor', null, 'open', 'open'],
    ['a visitor', null, 'members', 'UNAUTHENTICATED'],
    ['a visitor', null, 'chiefs', 'UNAUTHENTICATED'],
    ['a visitor', null, 'forgotten', 'FORBIDDEN'],
    ['a visitor', null, 'diarists', 'UNAUTHENTICATED'],
    ['a member', member, 'diarists', 'diarists'],
    ['a member', member, 'machines', 'FORBIDDEN'],
    ['somebody impersonated', impersonated, 'members', 'members'],
    ['somebody impersonated', impersonated, 'diarists', 'FORBIDDEN'],
    ['a service account', service, 'machines', 'machines'],
    ['a service account', service, 'members', 'FORBIDDEN'],
    ['a service account', service, 'either', 'either'],
    ['a service account without the scope', unscoped, 'either', 'FORBIDDEN'],
    ['a member', member, 'either', 'either'],
    ['a visitor', null, 'either', 'UNAUTHENTICATED'],
    ['a service account', service, 'diarists', 'FORBIDDEN'],
    ['a member', member, 'members', 'members'],
    ['a member', member, 'chiefs', 'FORBIDDEN'],
    ['a chief', chief, 'chiefs', 'chiefs'],
    ['a chief, by a rule that says no', chief, 'refused', 'FORBIDDEN'],
    ['a chief, by a rule that says why', chief, 'reasoned', 'UNAVAILABLE'],
    ['a chief, where nobody made a rule', chief, 'forgotten', 'FORBIDDEN'],
  ])('answer %s (%#)', async (_name, viewer, field, expected) => {
    const { data, codes } = await as(viewer).execute(`{ ${field} }`);
    expect([...codes, data?.[field]].filter(Boolean)).toEqual([expected]);
  });

  it('close a field whose rule fails, and call it a fault and not a refusal', async () => {
    const { data, codes } = await as(chief).execute('{ faulty }');
    expect(data.faulty).toBeNull();
    expect(codes).toEqual(['INTERNAL']);
  });

  it.each([
    ['a query', '{ item { id title secret forgotten } }', 'item'],
    [
      'a reference',
      '{ item: _entities(representations: [{ __typename: "Item", id: "1" }]) { ... on Item { id title secret forgotten } } }',
      'item',
    ],
  ])('rule the fields of an entity reached by %s', async (_name, query, field) => {
    const one = (data: Record<string, unknown>) => [data[field]].flat()[0];
    const asVisitor = await anonymous.execute(query);
    expect(one(asVisitor.data)).toEqual({ id: '1', title: 'title', secret: null, forgotten: null });
    expect([...asVisitor.codes].sort()).toEqual(['FORBIDDEN', 'UNAUTHENTICATED']);
    const asChief = await as(chief).execute(query);
    expect(one(asChief.data)).toEqual({ id: '1', title: 'title', secret: 'secret', forgotten: null });
  });
});

describe('maps of several slices', () => {
  it('may ask for the same role', () => {
    expect(hasRole('CHIEF', 'DEPUTY')).toBe(hasRole('CHIEF', 'DEPUTY'));
    expect(hasRole('CHIEF')).not.toBe(hasRole('DEPUTY'));
  });

  it('rule different fields of one type together', () => {
    const merged = mergePermissions([{ User: { name: anyone } }, { User: { posts: authenticated } }]);
    expect(merged['User']).toEqual({ name: anyone, posts: authenticated });
  });

  it('may not rule the same field', () => {
    const merge = () => mergePermissions([{ User: { name: anyone } }, { User: { name: authenticated } }]);
    expect(merge).toThrow('Two slices rule User.name.');
  });

  it('may not rule all fields of one type twice', () => {
    expect(() => mergePermissions([carriers('Page'), carriers('Page')])).toThrow('Two slices rule Page.*.');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit/core';
import { buildASTSchema, buildSchema, Kind, parse, type FragmentDefinitionNode } from 'graphql';
import type { Forbidden } from '../../operations/operation.js';
import { anonymous, type Caller } from '../caller.js';
import { createAuthorization, type AuthorizationParts, type Selected } from './authorization.js';

const types = `
  interface Node { id: ID! }
  interface Named { name: String hidden: String }
  interface Vault @authenticated { content: String }
  type User implements Node & Named {
    id: ID!
    name: String
    hidden: String @authenticated
    email: String @authenticated
    ssn: Secret
    level: Level
    friend: User
    phone: String @requiresScopes(scopes: [["user:read", "user:phone"], ["admin"]])
    notes: String @policy(policies: [["role:moderator"], ["office:ambassador", "entitlement:premium"]])
  }
  type Safe implements Node & Named & Vault @authenticated {
    id: ID!
    name: String
    hidden: String
    content: String
    owner: User
  }
  type Open implements Node & Named { id: ID! name: String hidden: String holds: Holder }
  type Box implements Vault { content: String }
  interface Holder { thing: Named }
  type SafeHolder implements Holder { thing: Safe }
  type OpenHolder implements Holder { thing: Open }
  union Found = User | Safe | Open
  scalar Secret @authenticated
  enum Level @requiresScopes(scopes: [["level"]]) { ONE TWO }
  type Query {
    me: User
    safe: Safe
    node: Node
    named: Named
    found: [Found]
    holder: Holder
    vault: Vault
    box: Box
    nobody: Int @requiresScopes(scopes: [])
    everybody: Int @requiresScopes(scopes: [[]])
  }
  type Mutation { enter: User @authenticated leave: User }
`;
const linked = (name: string, rest = '') => `@link(url: "https://specs.apollo.dev/${name}/v0.1"${rest})`;
const links = `extend schema ${['authenticated', 'requiresScopes', 'policy'].map((name) => linked(name)).join(' ')}`;

const apiSchema = buildSchema(types.replaceAll(/@\w+(\([^)]*\))?/g, ''));
const read = (sdl: string) => buildASTSchema(parse(sdl), { assumeValidSDL: true });
const authorizationOf = (overrides: Partial<AuthorizationParts> = {}) =>
  createAuthorization({ sourceSchema: read(types + links), apiSchema, mode: 'filter', ...overrides });

function selected(text: string): Selected {
  const { definitions } = parse(text);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  return { definition: definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!, fragments };
}

const viewer: Viewer = {
  id: 'u',
  kind: 'person',
  sessionId: 's',
  roles: ['user'],
  scopes: [],
  entitlements: [],
  offices: [],
};
const person = (overrides: Partial<Caller> = {}): Caller => ({ ...anonymous('p'), viewer, ...overrides });
const partner = (scopes: string[]): Caller => ({
  ...anonymous('acme'),
  scopes,
  partner: { id: 'acme', name: 'Acme' },
});
const nobody = anonymous();

/** `field` or `alias`, and the types on which it is forbidden unless it is on all. */
const told = (forbidden: Forbidden | undefined) =>
  [...(forbidden?.fields ?? [])].map(([field, { types: on }]) => {
    const name = field.alias?.value ?? field.name.value;
    return on === undefined ? name : `${name} on ${[...on].join('|')}`;
  });
const decide = async (query: string, caller = nobody, authorization = authorizationOf()) =>
  authorization.requirementsOf(selected(query))?.decide(caller);

describe('forbidden to an anonymous visitor', () => {
  const cases: [string, string, string[]][] = [
    ['nothing that is open', '{ me { id name friend { name } } everybody }', []],
    ['a field', '{ me { id email } }', ['email']],
    ['a field by any alias', '{ me { a: email b: email name } }', ['a', 'b']],
    ['a field in an inline fragment', '{ me { ... { email } } }', ['email']],
    [
      'a field in nested fragments',
      '{ me { ...A } } fragment A on User { ... on Named { ...B } } fragment B on User { email }',
      ['email'],
    ],
    [
      'a field under conditions, whatever they decide',
      '{ me { email @include(if: false) ... @skip(if: true) { phone } } }',
      ['email', 'phone'],
    ],
    ['a field of a protected scalar', '{ me { ssn } }', ['ssn']],
    ['a field of a protected enum', '{ me { level } }', ['level']],
    [
      'a field of a protected object, and all below',
      '{ safe { id owner { name } } }',
      ['safe', 'id', 'owner'],
    ],
    [
      'a field of a protected object asked for no more than its type',
      '{ safe { __typename } }',
      ['safe', '__typename'],
    ],
    ['a field of a protected interface', '{ vault { content } }', ['vault', 'content']],
    ['a field asked through a protected interface', '{ box { ... on Vault { content } } }', ['content']],
    ['nothing of an object that is open, though its interface is not', '{ box { content } }', []],
    ['a field whose scopes nobody can have', '{ nobody }', ['nobody']],
    ['a mutation', 'mutation { enter { name } leave { name } }', ['enter']],
    // What decides is the object, not the door it was reached by.
    ['protected objects reached through an interface', '{ node { id } }', ['id on Safe']],
    ['their type too', '{ node { __typename } }', ['__typename on Safe']],
    ['protected objects reached through a union', '{ found { ... on Node { id } } }', ['id on Safe']],
    ['their type too, by an alias', '{ found { kind: __typename } }', ['kind on Safe']],
    [
      'a fragment on the protected type',
      '{ node { ... on Safe { content __typename } } }',
      ['content', '__typename'],
    ],
    [
      'a fragment on an interface in a fragment on another',
      '{ node { ... on Named { ... on Node { id } } } }',
      ['id on Safe'],
    ],
    [
      'the field of those objects that protect it',
      '{ named { hidden name } }',
      ['hidden on User|Safe', 'name on Safe'],
    ],
    [
      'a field of an interface where an object answers a protected type',
      '{ holder { thing { name } } }',
      ['thing on SafeHolder', 'name on Safe'],
    ],
    [
      'a fragment that is spread in a protected place and in an open one, for the protected objects only',
      '{ me { ...N } node { ...N } } fragment N on Node { id }',
      ['id on Safe'],
    ],
    [
      'nothing of introspection',
      '{ __typename __schema { types { name } } __type(name: "Safe") { name } }',
      [],
    ],
  ];
  it.each(cases)('%s', async (_name, query, expected) => {
    const forbidden = await decide(query);
    expect(told(forbidden)).toEqual(expected);
    const codes = [...(forbidden?.fields.values() ?? [])].map(({ code }) => code);
    expect(codes.filter((code) => code !== 'UNAUTHENTICATED')).toEqual([]);
  });
});

describe('forbidden to others', () => {
  const moderator = { ...viewer, roles: ['moderator'] };
  const office = [{ role: 'ambassador', countryCode: 'DE' }];
  const cases: [string, string, Caller, string[]][] = [
    ['authenticated: a person', '{ me { email ssn } safe { id } }', person(), []],
    ['authenticated: a partner', '{ me { email } }', partner([]), []],
    ['scopes: none', '{ me { phone } }', person(), ['phone']],
    ['scopes: a part of those wanted', '{ me { phone } }', person({ scopes: ['user:read'] }), ['phone']],
    ['scopes: all', '{ me { phone } }', person({ scopes: ['user:phone', 'user:read'] }), []],
    ['scopes: the alternative', '{ me { phone level } }', person({ scopes: ['admin'] }), ['level']],
    ["scopes: a partner's", '{ me { phone } }', partner(['admin']), []],
    ['policies: none', '{ me { notes } }', person(), ['notes']],
    ['policies: a role', '{ me { notes } }', person({ viewer: moderator }), []],
    ['policies: a part', '{ me { notes } }', person({ viewer: { ...viewer, offices: office } }), ['notes']],
    [
      'policies: all',
      '{ me { notes } }',
      person({ viewer: { ...viewer, offices: office, entitlements: ['premium'] } }),
      [],
    ],
    ['policies: a partner', '{ me { notes } }', partner(['role:moderator']), ['notes']],
  ];
  it.each(cases)('%s', async (_name, query, caller, expected) => {
    const forbidden = await decide(query, caller);
    expect(told(forbidden)).toEqual(expected);
    expect([...(forbidden?.fields.values() ?? [])].every(({ code }) => code === 'FORBIDDEN')).toBe(true);
  });
});

describe('the decision', () => {
  const query = '{ me { email phone notes } }';

  it('costs nothing where an operation demands nothing', () => {
    expect(authorizationOf().requirementsOf(selected('{ me { id } }'))).toBeUndefined();
    expect(authorizationOf({ sourceSchema: apiSchema }).requirementsOf(selected(query))).toBeUndefined();
  });

  it('is one and the same for equal outcomes, and has another key for others', async () => {
    const requirements = authorizationOf().requirementsOf(selected(query))!;
    const callers = [
      nobody,
      person(),
      person({ scopes: ['admin'] }),
      partner([]),
      partner(['admin', 'b']),
      anonymous('other'),
    ];
    const made = await Promise.all(callers.map(async (caller) => requirements.decide(caller)));
    expect(made[0]).toBe(made[5]);
    expect(made[1]).toBe(made[3]);
    expect(made[2]).toBe(made[4]);
    expect(new Set(made.map((forbidden) => forbidden!.key)).size).toBe(3);
  });

  it('may come from elsewhere, asked for the policies that are named', async () => {
    const asked: string[][] = [];
    const decidePolicies: AuthorizationParts['decidePolicies'] = async (policies) => {
      asked.push([...policies]);
      return new Set(['role:moderator']);
    };
    const authorization = authorizationOf({ decidePolicies });
    expect(told(await decide('{ me { notes } }', nobody, authorization))).toEqual([]);
    expect(told(await decide('{ me { email } }', nobody, authorization))).toEqual(['email']);
    expect(asked).toEqual([['role:moderator', 'office:ambassador', 'entitlement:premium']]);
  });

  it('is made in no time for fragments that spread each other many times', async () => {
    const spreads = Array.from(
      { length: 60 },
      (_, n) => `fragment F${n} on User { friend { ...F${n + 1} } ...F${n + 1} }`,
    );
    const bomb = `{ me { ...F0 } } ${spreads.join(' ')} fragment F60 on User { email }`;
    expect(told(await decide(bomb))).toEqual(['email']);
  });
});

describe('in reject mode', () => {
  const authorization = authorizationOf({ mode: 'reject' });

  it.each([
    ['anonymous visitors, 401', nobody, 401, 'UNAUTHENTICATED'],
    ['others, 403', person(), 403, 'FORBIDDEN'],
  ] as const)('refuses %s', async (_name, caller, status, code) => {
    await expect(decide('{ me { name phone } }', caller, authorization)).rejects.toMatchObject({
      status,
      extensions: { code },
    });
  });

  it('filters what is forbidden on some objects only', async () => {
    expect(told(await decide('{ node { id } }', nobody, authorization))).toEqual(['id on Safe']);
  });
});

describe('links', () => {
  const schemaOf = (link: string, directive: string) =>
    read(`${link && `extend schema ${link}`} type Query { open: Int closed: Int ${directive} }`);
  const small = buildSchema('type Query { open: Int closed: Int }');
  const cases: [string, string, string, string[]][] = [
    ['plain', linked('authenticated'), '@authenticated', ['closed']],
    ['of a purpose', linked('authenticated', ', for: SECURITY'), '@authenticated', ['closed']],
    ['under another name', linked('authenticated', ', as: "login"'), '@login', ['closed']],
    ['imported', linked('authenticated', ', import: ["@authenticated"]'), '@authenticated', ['closed']],
    [
      'imported under another name',
      linked('authenticated', ', import: [{ name: "@authenticated", as: "@login" }]'),
      '@login',
      ['closed'],
    ],
    ['another name than the one in use', linked('authenticated', ', as: "login"'), '@authenticated', []],
    ['none: a directive of ones own', '', '@authenticated', []],
    ['of another organisation', '@link(url: "https://example.org/authenticated/v0.1")', '@authenticated', []],
  ];
  it.each(cases)('%s', async (_name, link, directive, expected) => {
    const authorization = createAuthorization({
      sourceSchema: schemaOf(link, directive),
      apiSchema: small,
      mode: 'filter',
    });
    expect(told(await decide('{ open closed }', nobody, authorization))).toEqual(expected);
  });
});

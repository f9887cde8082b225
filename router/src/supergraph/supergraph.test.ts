import { readFileSync } from 'node:fs';
import {
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph as FederationSupergraph,
} from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  parse,
  validate,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type OperationDefinitionNode,
} from 'graphql';
import { compose } from '../execution/testing/in-process.js';
import { createPlan } from '../plan/create-plan.js';
import { plannerDocument } from '../plan/planner-document.js';
import { readSupergraph } from './supergraph.js';

const sdlOf = (name: string) => readFileSync(new URL(`../../../schema/${name}`, import.meta.url), 'utf8');

describe('a supergraph', () => {
  it('shows clients no machinery and nothing inaccessible', () => {
    const { apiSchema, sourceSchema } = readSupergraph(
      compose({
        a: {
          typeDefs: `type Query { x: X  hidden: Int @inaccessible  e(in: E): E }
            type X @key(fields: "id") { id: ID! }  enum E { A  B @inaccessible }`,
        },
        b: { typeDefs: `type X @key(fields: "id") { id: ID!  y: Int }` },
      }),
    );
    expect(Object.keys(apiSchema.getQueryType()!.getFields())).toEqual(['x', 'e']);
    expect((apiSchema.getType('E') as any).getValues().map(({ name }: any) => name)).toEqual(['A']);
    expect(Object.keys(apiSchema.getTypeMap()).filter((name) => /join__|link__/.test(name))).toEqual([]);
    expect(apiSchema.getDirectives().map(({ name }) => name)).not.toContain('join__type');
    expect(sourceSchema.getQueryType()!.getFields()).toHaveProperty('hidden');
  });

  it('may say who sees what and what it costs, which is read from its source', () => {
    const supergraph = readSupergraph(
      compose({
        a: {
          typeDefs: `type Query { x: X @authenticated @cost(weight: 3)  all: [X] @listSize(assumedSize: 9) @tag(name: "t") }
            type X @key(fields: "id") @requiresScopes(scopes: [["read"]]) { id: ID! }`,
        },
        b: { typeDefs: 'type X @key(fields: "id") { id: ID!  y: Int @policy(policies: [["p"]]) }' },
      }),
    );
    const query = supergraph.sourceSchema.getQueryType()!.getFields();
    const told = (name: string) => query[name]!.astNode!.directives!.map((directive) => directive.name.value);
    expect(told('x')).toEqual(expect.arrayContaining(['authenticated', 'cost']));
    expect(told('all')).toEqual(expect.arrayContaining(['listSize', 'tag']));
    expect(supergraph.apiSchema.getDirectives().map(({ name }) => name)).not.toContain('authenticated');
    const { fetches } = createPlan(supergraph, parse('{ x { y } }'), 'query');
    expect(fetches.map(({ subgraph }) => subgraph)).toEqual(['a', 'b']);
  });

  it('of the older kind, with join v0.3, is read too', () => {
    const sdl = compose({ a: { typeDefs: 'type Query { x: Int }' } });
    const older = sdl
      .replace('join/v0.5', 'join/v0.3')
      .replace(/directive @join__directive[^\n]*\n/, '')
      .replace(/scalar join__DirectiveArguments\n/, '');
    expect(older).not.toBe(sdl);
    expect(createPlan(readSupergraph(older), parse('{ x }'), 'query').fetches).toHaveLength(1);
  });

  it('knows its subgraphs by the names they have in plans', () => {
    const { subgraphs } = readSupergraph(
      compose({
        'my-media': {
          typeDefs: `type Query { m: Media }  interface Media @key(fields: "id") { id: ID! }
            type Book implements Media @key(fields: "id") { id: ID!  pages: Int! }`,
        },
        stars: { typeDefs: `type Media @key(fields: "id") @interfaceObject { id: ID!  stars: [Int!]! }` },
      }),
    );
    const media = subgraphs.get('my-media')!;
    const stars = subgraphs.get('stars')!;
    expect([media.name, media.url, stars.url]).toEqual(['my-media', 'http://my-media', 'http://stars']);
    expect([...media.possibleTypes('Media')]).toEqual(['Book']);
    expect([...stars.possibleTypes('Media')]).toEqual(['Media']);
    expect([...stars.possibleTypes('Book')]).toEqual([]);
    expect([media.isInterfaceObject('Media'), stars.isInterfaceObject('Media')]).toEqual([false, true]);
    expect(media.field('Book', 'pages')).toEqual({ isNonNull: true, typeName: 'Int' });
    expect(media.field('Book', 'stars')).toBeUndefined();
  });

  const unusable: [string, string, RegExp][] = [
    ['nothing', '', /Syntax Error/],
    ['no GraphQL', 'hello {{{', /Syntax Error/],
    ['the schema of one service', 'type Query { a: Int }', /must be a core schema/],
    [
      'a feature for security that we do not have',
      sdlOf('supergraph.graphql').replace(
        '@link(url: "https://specs.apollo.dev/link/v1.0")',
        '@link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://example.org/vault/v9.0", for: SECURITY)',
      ),
      /vault/,
    ],
  ];
  it.each(unusable)('cannot be %s, which is told in one line', (_case, sdl, message) => {
    let told = '';
    try {
      readSupergraph(sdl);
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).toMatch(/^The supergraph cannot be used: .+$/);
    expect(told).toMatch(message);
  });

  it('is never planned through a key that its subgraph cannot resolve', () => {
    const supergraph = readSupergraph(
      compose({
        a: { typeDefs: `type P @key(fields: "id") { id: ID!  y: Int }` },
        b: {
          typeDefs: `type Query { p: P }
            type P @key(fields: "id", resolvable: false) @key(fields: "code") {
              id: ID!  code: ID!  y: Int @external  x: Int @requires(fields: "y")
            }`,
        },
      }),
    );
    const { fetches } = createPlan(supergraph, parse('{ p { x } }'), 'query');
    const told = fetches.at(-1)?.requires?.[0]?.selections?.map((one) => 'name' in one && one.name);
    expect(told).toContain('code');
    expect(told).not.toContain('id');
  });
});

describe('our supergraph', () => {
  const sdl = sdlOf('supergraph.graphql');
  const supergraph = readSupergraph(sdl);
  const untouched = FederationSupergraph.build(sdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  });
  const planner = new QueryPlanner(untouched);
  const fields = Object.values(supergraph.apiSchema.getQueryType()!.getFields());

  it.each(fields.map((field) => [field.name, field] as const))(
    'fetches %s as the plain planner would',
    (_name, field) => {
      const document = parse(`{ ${selectionOf(field, 4)} }`);
      expect(validate(supergraph.apiSchema, document)).toEqual([]);
      const node = planner.buildQueryPlan(operationFromDocument(untouched.apiSchema(), document)).node;
      const forPlanner = plannerDocument({
        definition: document.definitions[0] as OperationDefinitionNode,
        fragments: new Map(),
        conditionValues: {},
        rootTypeName: 'Query',
        neededNames: supergraph.neededNames,
      });
      const { fetches } = createPlan(supergraph, forPlanner, 'query');
      expect(fetches.map(({ subgraph }) => subgraph).sort()).toEqual(servicesOf(node).sort());
    },
  );

  /** The field with all that can be selected below it. */
  function selectionOf(field: GraphQLField<unknown, unknown>, depth: number, alias = ''): string {
    const given = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${valueOf(type)}`);
    const type = getNamedType(field.type);
    const args = given.length > 0 ? `(${given.join(', ')})` : '';
    return `${alias}${field.name}${args}${isCompositeType(type) ? ` { __typename ${selectionsOf(type, depth - 1)} }` : ''}`;
  }

  function selectionsOf(type: GraphQLNamedType, depth: number, isPart = false): string {
    if (depth < 0) return '';
    if (isObjectType(type)) {
      return Object.values(type.getFields())
        .filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)))
        .map((field) => selectionOf(field, depth, isPart ? `${type.name}_${field.name}: ` : ''))
        .join(' ');
    }
    if (!isUnionType(type) && !('getInterfaces' in type)) return '';
    return supergraph.apiSchema
      .getPossibleTypes(type as never)
      .map(
        (possible) =>
          `... on ${possible.name} { __typename ${depth > 2 ? selectionsOf(possible, depth - 2, true) : ''} }`,
      )
      .join(' ');
  }

  function valueOf(type: GraphQLInputType): string {
    if (isNonNullType(type)) return valueOf(type.ofType);
    if (isListType(type)) return '[]';
    if (isEnumType(type)) return type.getValues()[0]!.name;
    if (!isInputObjectType(type))
      return type.name === 'Int' || type.name === 'Float' ? '1' : type.name === 'Boolean' ? 'true' : '"x"';
    const given = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${given.map(({ name, type: inner }) => `${name}: ${valueOf(inner)}`).join(', ')} }`;
  }

  function servicesOf(node: any): string[] {
    if (!node) return [];
    if (node.kind === 'Fetch') return [node.serviceName];
    return (node.nodes ?? [node.node]).flatMap(servicesOf);
  }
});

import { describe, expect, it } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createLogger } from '@diaspora/kit/core';
import { graphql, Kind, parse, type FragmentDefinitionNode } from 'graphql';
import { compile } from '../../compile/index.js';
import { createContext } from '../../context.js';
import { createInlineEngine } from '../../execution/inline-engine.js';
import { readSupergraph } from '../../supergraph/supergraph.js';
import { anonymous } from '../caller.js';
import { createAuthorization } from './authorization.js';

const log = createLogger({ name: 'test', level: 'silent' });

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@requires", "@external", { name: "@authenticated", as: "@login" }, "@requiresScopes"
])\n`;
const people =
  link +
  `
  type Query { me: User found: [Found!] strict: Found! }
  union Found = User | Safe
  type User @key(fields: "id") { id: ID! name: String }
  type Safe @login { id: ID! content: String }
`;
const mail =
  link +
  `
  type User @key(fields: "id") { id: ID! email: String @login size: Int! @requiresScopes(scopes: [["mail"]]) }
`;
const services = { people, mail };

const me = { __typename: 'User', id: '1', name: 'Ann', email: 'a@b.c', size: 7 };
const safe = { __typename: 'Safe', id: '2', content: 'gold' };
const resolvers = {
  people: { Query: { me: () => me, found: () => [me, safe], strict: () => safe } },
  mail: { User: { __resolveReference: () => me } },
};

/** The whole way but for HTTP: a composed supergraph, real subgraph schemas, and one of the executors. */
function given(isCompiled: boolean) {
  const documents = Object.entries(services).map(([name, text]) => ({ name, typeDefs: parse(text) }));
  const { supergraphSdl, errors } = composeServices(
    documents.map((one) => ({ ...one, url: `http://${one.name}` })),
  );
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  const schemas = new Map(
    documents.map(({ name, typeDefs }) => [
      name,
      buildSubgraphSchema({ typeDefs, resolvers: resolvers[name as 'people'] }),
    ]),
  );
  const asked: string[] = [];
  const supergraph = readSupergraph(supergraphSdl);
  const engine = createInlineEngine({
    supergraph,
    log,
    ...(isCompiled && { compile }),
    subgraphs: (name) => async (request) => {
      const { query, variables } = JSON.parse(request.body);
      asked.push(query);
      const result = await graphql({ schema: schemas.get(name)!, source: query, variableValues: variables });
      return JSON.parse(JSON.stringify({ ...result, isPlain: false }));
    },
  });
  const authorization = createAuthorization({ ...supergraph, mode: 'filter' });
  return async (text: string) => {
    asked.length = 0;
    const document = parse(text);
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!;
    const forbidden = await authorization.requirementsOf({ definition, fragments })?.decide(anonymous());
    const executable = engine.prepare({ definition, fragments, conditionValues: {}, forbidden });
    const result = await executable.execute({ variables: {}, context: createContext({ log }) });
    return {
      data: JSON.parse(result.data),
      refused: result.errors.map(
        ({ path, extensions }) => `${path?.join('.')} ${String(extensions?.['code'])}`,
      ),
      asked: asked.join('\n'),
    };
  };
}

describe.each([
  ['the interpreter', false],
  ['the compiler', true],
])('what is forbidden, in answers of %s', (_name, isCompiled) => {
  const run = given(isCompiled);

  it('is null with an error at its place, and is not asked for', async () => {
    const { data, refused, asked } = await run('{ me { name mail: email } }');
    expect(data).toEqual({ me: { name: 'Ann', mail: null } });
    expect(refused).toEqual(['me.mail UNAUTHENTICATED']);
    expect(asked).not.toContain('email');
  });

  it('takes its object with it where it may not be null', async () => {
    const { data, refused } = await run('{ me { name size } }');
    expect([data, refused]).toEqual([{ me: null }, ['me.size UNAUTHENTICATED']]);
  });

  it('is forbidden on protected objects only, where an object decides', async () => {
    const { data, refused } = await run('{ found { ... on User { name } ... on Safe { content } } }');
    expect(data).toEqual({ found: [{ name: 'Ann' }, { content: null }] });
    expect(refused).toEqual(['found.1.content UNAUTHENTICATED']);
  });

  it.each([
    '{ me { name } strict { __typename } }',
    '{ me { name } strict { ... on Safe { kind: __typename } } }',
  ])('does not tell what type an object is: %s', async (text) => {
    const { data, refused } = await run(text);
    expect(data).toBeNull();
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(/^strict\.(__typename|kind) UNAUTHENTICATED$/);
  });

  it('leaves the type of open objects alone', async () => {
    expect((await run('{ me { __typename } }')).data).toEqual({ me: { __typename: 'User' } });
  });
});

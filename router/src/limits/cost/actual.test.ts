import { describe, expect, it } from '@jest/globals';
import { buildASTSchema, buildSchema, Kind, parse } from 'graphql';
import { compile } from '../../compile/index.js';
import { createInProcess } from '../../execution/testing/in-process.js';
import { createCosts } from './cost.js';

const types = (weigh: (directive: string) => string) => `
  union Found = User | Image
  type User { id: ID! score: Int ${weigh('@cost(weight: 3)')} avatar: Image tags: [String] friends(first: Int!): [User!]!
    ${weigh('@listSize(slicingArguments: ["first"])')} }
  type Image ${weigh('@cost(weight: 7)')} { url: String }
  type Query {
    me: User
    found: [Found] ${weigh('@listSize(assumedSize: 1)')}
    dear: User ${weigh('@cost(weight: 40)')}
  }
`;
const plain = types(() => '');
const weighed = `extend schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"]) ${types(String)}`;
const costs = createCosts({
  sourceSchema: buildASTSchema(parse(weighed), { assumeValid: true, assumeValidSDL: true }),
  apiSchema: buildSchema(plain),
  listSize: 5,
});

const user = { __typename: 'User', id: '1', score: 2, avatar: { url: 'u' }, tags: ['a', 'b'] };
const resolvers = {
  Query: { me: () => user, dear: () => user, found: () => [{ __typename: 'Image', url: 'u' }] },
  User: { friends: (_: unknown, { first }: { first: number }) => Array.from({ length: first }, () => user) },
};

const queries = [
  '{ me { id tags } }',
  '{ me { score a: score } dear { id } }',
  '{ me { avatar { url } friends(first: 3) { score avatar { url } friends(first: 2) { id } } } }',
  '{ me { friends(first: 0) { score } } }',
  '{ found { __typename ... on Image { url } } }',
  'query ($n: Int!) { me { ...F } } fragment F on User { friends(first: $n) { ... on User { score } } }',
];

describe.each([
  ['the interpreter', {}],
  ['the compiler', { compile }],
])('the actual cost counted by %s', (_name, executor) => {
  const subgraphs = { all: { typeDefs: plain, resolvers } };
  const inProcess = createInProcess(subgraphs, { weights: costs.weights, ...executor });

  it.each(queries)('is the estimate where lists are as long as they say: %s', async (text) => {
    const variables = { n: 4 };
    const { definitions } = parse(text);
    const fragments = new Map(
      definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
      ),
    );
    const definition = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!;
    const estimated = costs.of({ definition, fragments }).estimate(variables).cost;
    const { cost, errors } = await inProcess.run(text, { variables });
    expect({ cost, errors }).toEqual({ cost: estimated, errors: [] });
  });
});

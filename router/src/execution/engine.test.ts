import { createLogger } from '@diaspora/kit/core';
import { describe, expect, it } from '@jest/globals';
import { createContext } from '../context.js';
import type { Compile, ExecutableParts, RecordedAnswers, RecordedEntity } from './executable.js';
import { createInProcess } from './testing/in-process.js';

const subgraphs = {
  people: {
    typeDefs: `
      type Query { people: [Person!]!  unplanned: Int }
      type Person @key(fields: "id") { id: ID!  name: String }`,
    resolvers: { Query: { people: () => ['1', '2', '1'].map((id) => ({ id, name: `name ${id}` })) } },
  },
  scores: {
    typeDefs: 'type Person @key(fields: "id") { id: ID!  score: Int }',
    resolvers: { Person: { __resolveReference: ({ id }: any) => ({ id, score: Number(id) }) } },
  },
};
const text = '{ people { name score } }';
const request = {
  variables: {},
  context: createContext({ log: createLogger({ name: 'test', level: 'silent' }) }),
};

describe('an engine', () => {
  it('runs what the compiler makes', async () => {
    const made = { data: '{"made":true}', isAscii: true, errors: [] };
    const shop = createInProcess(subgraphs, { compile: () => ({ execute: async () => made }) });
    const executable = shop.prepare(text);
    expect(executable.compiled).toBe(true);
    expect(await executable.execute(request)).toBe(made);
  });

  const declining: [string, Compile, string][] = [
    ['declines', () => ({ declined: 'too odd' }), 'too odd'],
    [
      'fails',
      () => {
        throw new Error('no such place');
      },
      'the compiler failed: no such place',
    ],
  ];
  it.each(declining)('interprets where the compiler %s', async (_case, compile, declined) => {
    const executable = createInProcess(subgraphs, { compile }).prepare(text);
    expect(executable.compiled).toEqual({ declined });
    expect((await executable.execute(request)).data).toContain('"name 2"');
  });

  it('throws when the planner finds no way', () => {
    const shop = createInProcess(subgraphs);
    expect(() => shop.prepare('{ nothing }')).toThrow('nothing');
  });

  it('tells whether the text is ASCII', async () => {
    const shop = createInProcess(subgraphs);
    shop.answerWith(({ subgraph }) =>
      subgraph === 'people'
        ? { data: { people: [{ __typename: 'Person', id: '3', name: 'Zoë' }] } }
        : undefined,
    );
    const result = await shop.prepare(text).execute(request);
    expect(result).toEqual({ data: '{"people":[{"name":"Zoë","score":3}]}', isAscii: false, errors: [] });
    expect((await shop.prepare('{ people { score } }').execute(request)).isAscii).toBe(true);
  });
});

describe('a run that takes over', () => {
  const recordedRoot = freeze({
    data: {
      people: [
        { __typename: 'Person', id: '7', name: 'seven' },
        { __typename: 'Person', id: '8', name: 'eight' },
        { __typename: 'Person', id: '7', name: 'seven' },
      ],
    },
  });
  const person = (id: string) => JSON.stringify({ __typename: 'Person', id });
  const takeOver = async (recorded: RecordedAnswers) => {
    let parts: ExecutableParts | undefined;
    const shop = createInProcess(subgraphs, {
      compile: (given) => {
        parts = given;
        return { execute: (given) => parts!.interpret(given, recorded) };
      },
    });
    const result = await shop.prepare(text).execute(request);
    return { data: JSON.parse(result.data), errors: result.errors, sent: shop.sent };
  };

  it('fetches nothing that has been fetched, and changes nothing of it', async () => {
    const scores = new Map<string, RecordedEntity>([
      [person('7'), freeze({ entity: { score: 70 } })],
      [person('8'), freeze({ entity: null })],
    ]);
    const { data, errors, sent } = await takeOver(
      new Map<number, any>([
        [0, recordedRoot],
        [1, scores],
      ]),
    );
    expect(data.people).toEqual([
      { name: 'seven', score: 70 },
      { name: 'eight', score: null },
      { name: 'seven', score: 70 },
    ]);
    expect(errors).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('asks for the entities that have not been asked for', async () => {
    const { data, sent } = await takeOver(
      new Map<number, any>([
        [0, recordedRoot],
        [1, new Map([[person('7'), { entity: { score: 70 } }]])],
      ]),
    );
    expect(data.people.map(({ score }: any) => score)).toEqual([70, 8, 70]);
    expect(sent.map(({ variables }) => variables.representations)).toEqual([
      [{ __typename: 'Person', id: '8' }],
    ]);
  });

  it('places the errors that were recorded', async () => {
    const down = { message: 'down', extensions: { code: 'UNAVAILABLE' } };
    const scores = new Map([
      [person('7'), { entity: undefined, errors: [down] }],
      [person('8'), { entity: { score: null }, errors: [{ message: 'bad', path: ['score'] }] }],
    ]);
    const { errors } = await takeOver(
      new Map<number, any>([
        [0, recordedRoot],
        [1, scores],
      ]),
    );
    expect(errors).toEqual([
      { message: 'bad', path: ['people', 1, 'score'] },
      { ...down, path: ['people', 0, 'score'] },
      { ...down, path: ['people', 2, 'score'] },
    ]);
  });
});

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

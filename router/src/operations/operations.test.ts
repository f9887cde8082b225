import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import type { Executable } from '../execution/executable.js';
import type { Forbidden } from './operation.js';
import { createOperations, type OperationsParts } from './operations.js';
import { RequestFault } from './request-fault.js';

const schema = buildSchema(`
  type Query { user(id: ID!, filter: Filter): User  list: [User] }
  type User { id: ID!  name: String }
  input Filter { text: String  inner: Filter  size: Int = 3 }
`);

function create(more: Partial<OperationsParts> = {}) {
  const prepared: { conditionValues: object; forbidden: string | undefined }[] = [];
  const documents: string[] = [];
  const operations = createOperations({
    schema,
    prepare: ({ conditionValues, forbidden }) => {
      prepared.push({ conditionValues, forbidden: forbidden?.key });
      return { compiled: true } as Executable;
    },
    metrics: {
      labelOf: (name) => name ?? 'anonymous',
      planned: () => undefined,
      document: (result) => void documents.push(result),
    },
    introspection: true,
    maxTokens: 1_000,
    limits: [],
    cache: { maxDocuments: 3, maxCharacters: 1_000 },
    ...more,
  });
  return { operations, prepared, documents };
}

const faultOf = (run: () => unknown): RequestFault => {
  try {
    run();
  } catch (error) {
    if (error instanceof RequestFault) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const codeOf = (run: () => unknown) => faultOf(run).errors[0]?.extensions?.['code'];

describe('operations', () => {
  it('are read once, and each is prepared once', async () => {
    const { operations, prepared, documents } = create();
    const text = 'query A { list { id } }';
    const first = operations.find(text, undefined);
    const second = operations.find(text, '');
    expect(second).toBe(first);
    expect(await Promise.all([second.executable({}), first.executable({})])).toHaveLength(2);
    expect(second.executable({})).toBe(await first.executable({}));
    expect(prepared).toHaveLength(1);
    expect(documents).toEqual(['miss', 'hit']);
  });

  it('are chosen by name', () => {
    const { operations } = create();
    const text = 'query A { list { id } } query B { list { name } }';
    expect(operations.find(text, 'B').name).toBe('B');
    expect(operations.find(text, 'A').name).toBe('A');
    expect(codeOf(() => operations.find(text, undefined))).toBe('OPERATION_RESOLUTION_FAILURE');
    expect(codeOf(() => operations.find(text, 'C'))).toBe('OPERATION_RESOLUTION_FAILURE');
    expect(codeOf(() => operations.find('fragment F on User { id } { list { ...F } }', 'A'))).toBe(
      'OPERATION_RESOLUTION_FAILURE',
    );
  });

  it('that are refused are not read again', () => {
    const { operations, documents } = create();
    const first = faultOf(() => operations.find('{ nothing }', undefined));
    expect(faultOf(() => operations.find('{ nothing }', undefined))).toBe(first);
    expect(documents).toEqual(['miss', 'refused']);
  });

  it('are refused where values are nested so deep that planning would take for ever', () => {
    const { operations } = create();
    const nested = (levels: number) =>
      `{ user(id: 1, filter: ${'{inner:'.repeat(levels)}{}${'}'.repeat(levels)}) { id } }`;
    expect(operations.find(nested(11), '').kind).toBe('query');
    expect(codeOf(() => operations.find(nested(12), ''))).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('are refused where fragments are nested deeper than anybody can follow', () => {
    const { operations } = create({ maxTokens: 100_000 });
    const nested = (levels: number) => `{${'...{'.repeat(levels)}list{id}${'}'.repeat(levels)}}`;
    expect(operations.find(nested(198), '').kind).toBe('query');
    expect(codeOf(() => operations.find(nested(199), ''))).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('are refused where a rule of validation fails on them', () => {
    const { operations } = create({
      schema: buildSchema('type Query { a: Int } type Subscription { a: Int }'),
    });
    const conditional = 'subscription ($on: Boolean!) { a @include(if: $on) }';
    expect(codeOf(() => operations.find(conditional, ''))).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('that nobody asks for make room for others', () => {
    const { operations, documents } = create();
    const text = (n: number) => `query Q${n} { list { id } }`;
    operations.find(text(0), undefined);
    for (let n = 1; n < 10; n++) {
      operations.find(text(0), undefined);
      operations.find(text(n), undefined);
    }
    documents.length = 0;
    operations.find(text(0), undefined);
    operations.find(text(1), undefined);
    expect(documents).toEqual(['hit', 'miss']);
  });

  it('that cannot be planned are not planned again at once', async () => {
    let tries = 0;
    const { operations } = create({
      prepare: () => {
        tries += 1;
        throw new Error('no way');
      },
    });
    const operation = operations.find('{ list { id } }', undefined);
    for (let count = 0; count < 3; count++) {
      await expect(operation.executable({})).rejects.toThrow('no way');
    }
    expect(tries).toBe(1);
  });

  it('have an executable for each combination of their conditions and for each set of forbidden fields', async () => {
    const { operations, prepared } = create();
    const operation = operations.find(
      'query Q($a: Boolean!, $b: Boolean = true) { list @include(if: $a) { id ...F } } fragment F on User { name @skip(if: $b) }',
      undefined,
    );
    const forbidden: Forbidden = { key: 'anonymous', fields: new Map() };
    expect(operation.conditions).toEqual(['a', 'b']);
    for (const a of [true, false, true]) await operation.executable(operation.coerce({ a }));
    await operation.executable({ a: true, b: true }, forbidden);
    await operation.executable({ a: true, b: true }, forbidden);
    expect(prepared).toEqual([
      { conditionValues: { a: true, b: true }, forbidden: undefined },
      { conditionValues: { a: false, b: true }, forbidden: undefined },
      { conditionValues: { a: true, b: true }, forbidden: 'anonymous' },
    ]);
    expect(operation.conditionsInUse()).toEqual(
      expect.arrayContaining([
        { a: true, b: true },
        { a: false, b: true },
      ]),
    );
    expect(operation.conditionsInUse()).toHaveLength(2);
  });

  it('tell which are used most', () => {
    const { operations } = create();
    operations.find('query Rare { list { id } }', undefined);
    for (let n = 0; n < 5; n++) operations.find('query Hot { list { id } }', undefined);
    expect(operations.hottest(1).map(({ operation }) => operation.name)).toEqual(['Hot']);
  });

  it('hide the schema where introspection is off', () => {
    const { operations } = create({ introspection: false });
    expect(codeOf(() => operations.find('{ __schema { queryType { name } } }', undefined))).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    expect(faultOf(() => operations.find('{ lists { id } }', undefined)).message).not.toContain('list"');
    expect(operations.find('{ __typename }', undefined).kind).toBe('query');
  });

  it('hold on to no text of theirs but in the key of the cache', () => {
    const { operations } = create();
    expect(operations.find('{ list { id } }', undefined).document.loc).toBeUndefined();
  });
});

describe('variables', () => {
  const text = 'query Q($id: ID!, $filter: Filter) { user(id: $id, filter: $filter) { id } }';
  const coerce = (variables?: Record<string, unknown>) =>
    create().operations.find(text, 'Q').coerce(variables);
  const nested = (levels: number): object => (levels === 0 ? { text: 'x' } : { inner: nested(levels - 1) });

  it('become what their types say, defaults included', () => {
    expect(coerce({ id: 7, filter: {}, other: 1 })).toEqual({ id: '7', filter: { size: 3 } });
  });

  it.each([
    ['that are missing', undefined, 'BAD_USER_INPUT'],
    ['of another type', { id: true }, 'BAD_USER_INPUT'],
    ['with fields nobody knows', { id: '1', filter: { nothing: 1 } }, 'BAD_USER_INPUT'],
    ['with NUL', { id: '1', filter: { text: 'a\u0000' } }, 'INVALID_INPUT'],
    ['nested too deeply', { id: '1', filter: nested(100) }, 'INVALID_INPUT'],
  ])('%s are refused', (_name, variables, code) => {
    expect(codeOf(() => coerce(variables))).toBe(code);
  });

  it('of an operation that declares none are not looked at', () => {
    expect(create().operations.find('{ list { id } }', undefined).coerce({ x: '\u0000' })).toEqual({});
  });
});

import { describe, expect, it } from '@jest/globals';
import { affectedPaths } from './affected-paths.js';
import { readAnswer, SubgraphUnavailable } from './read-answer.js';

const answer = (body: unknown, status = 200) =>
  readAnswer(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }));
const failing = (code: string, more: object = {}) => ({
  errors: [{ message: 'm', extensions: { code }, ...more }],
});

describe('readAnswer', () => {
  const translations: [string, object, number, string][] = [
    [
      'an unauthenticated viewer, at a field',
      failing('UNAUTHENTICATED', { path: ['a'] }),
      200,
      'UNAUTHENTICATED',
    ],
    ['a refused signature, about the whole request', failing('UNAUTHENTICATED'), 401, 'INTERNAL'],
    ['a scalar the subgraph refuses', failing('BAD_USER_INPUT'), 400, 'BAD_USER_INPUT'],
    ['a literal the subgraph refuses', failing('GRAPHQL_VALIDATION_FAILED'), 400, 'BAD_USER_INPUT'],
    [
      'a field the subgraph does not know',
      failing('GRAPHQL_VALIDATION_FAILED', { message: 'Cannot query field "x"' }),
      400,
      'INTERNAL',
    ],
    ['a document the subgraph cannot parse', failing('GRAPHQL_PARSE_FAILED'), 400, 'INTERNAL'],
    ['refused input behind a 500', failing('INVALID_INPUT'), 500, 'INVALID_INPUT'],
  ];
  it.each(translations)('%s becomes %s', async (_name, body, status, code) => {
    const { errors } = await answer(body, status);
    expect(errors?.[0]?.extensions).toEqual({ code });
  });

  it('does not let a subgraph choose the status of the response', async () => {
    const { errors } = await answer({
      errors: [{ message: 'm', extensions: { code: 'NOT_FOUND', http: { status: 299 } } }],
    });
    expect(errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
  });

  const lost: [string, unknown, number][] = [
    ['an HTML page of a proxy', '<html>Bad gateway</html>', 502],
    ['an empty body', '', 200],
    ['JSON that is no answer', [], 200],
    ['neither data nor errors', {}, 200],
  ];
  it.each(lost)('%s counts as no answer', async (_name, body, status) => {
    await expect(answer(body, status)).rejects.toBeInstanceOf(SubgraphUnavailable);
  });
});

describe('affectedPaths', () => {
  it('are the root fields of a request, by the name the client gave them', () => {
    expect(affectedPaths('{ a x: b { c } }', undefined)).toEqual([['a'], ['x']]);
  });

  it('are the fields of each entity that its type selects', () => {
    const query =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on A { __typename x } ... on B { y } } }';
    const representations = [{ __typename: 'A' }, { __typename: 'B' }];
    expect(affectedPaths(query, { representations })).toEqual([
      ['_entities', 0, 'x'],
      ['_entities', 1, 'y'],
    ]);
  });

  it('are not more than twenty', () => {
    expect(
      affectedPaths(`{ ${Array.from({ length: 50 }, (_, n) => `f${n}`).join(' ')} }`, undefined),
    ).toHaveLength(20);
  });
});

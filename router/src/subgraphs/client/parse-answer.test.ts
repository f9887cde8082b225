import { describe, expect, it } from '@jest/globals';
import { parseAnswer } from './parse-answer.js';

const answer = (
  body: unknown,
  { status = 200, contentType = 'application/json', retryAfter = undefined as string | undefined } = {},
) =>
  parseAnswer({
    status,
    contentType,
    retryAfter,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
const failing = (code: string, more: object = {}) => ({
  errors: [{ message: 'm', extensions: { code }, ...more }],
});

describe('parseAnswer', () => {
  it.each<[string, object, number, string]>([
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
  ])('%s becomes %s', (_name, body, status, code) => {
    const outcome = answer(body, { status });
    expect(outcome.answer?.errors?.[0]?.extensions).toEqual({ code });
    expect(outcome.fault).toBeUndefined();
  });

  it('does not let a subgraph choose the status of the response', () => {
    const { answer: read } = answer({
      errors: [{ message: 'm', extensions: { code: 'NOT_FOUND', http: { status: 299 } } }],
    });
    expect(read?.errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
  });

  it.each<[string, unknown]>([
    ['a JSON array', []],
    ['a JSON text', '"x"'],
    ['half a document', '{"data":{'],
    ['an empty body', ''],
    ['neither data nor errors', {}],
    ['data that is a list', { data: [] }],
    ['data that is a text', { data: 'x' }],
    ['errors that are no list', { data: {}, errors: {} }],
    ['errors that are nothing', { errors: [] }],
  ])('%s is no answer', (_name, body) => {
    expect(answer(body)).toMatchObject({ fault: { code: 'UNAVAILABLE', isFailure: true } });
    expect(answer(body).answer).toBeUndefined();
  });

  it.each<[string | undefined, number, boolean]>([
    ['application/json; charset=utf-8', 200, true],
    ['application/graphql-response+json', 200, true],
    ['application/graphql-response+json', 400, true],
    ['application/problem+json;x=y', 200, true],
    ['Application/JSON', 500, true],
    [undefined, 200, true],
    [undefined, 400, false],
    ['text/html', 200, false],
    ['application/jsonx', 200, false],
    ['text/plain; a=application/json', 200, false],
  ])('GraphQL as %s with %i counts: %s', (contentType, status, counts) => {
    const outcome = parseAnswer({ status, contentType, body: Buffer.from('{"data":{"a":1}}') });
    expect(outcome.answer !== undefined).toBe(counts);
  });

  it.each([502, 503, 504])('GraphQL behind a %i is kept, and is worth another attempt', (status) => {
    const outcome = answer({ data: null, errors: [{ message: 'm' }] }, { status });
    expect(outcome).toMatchObject({ answer: { data: null }, fault: { retry: 'later', isFailure: true } });
  });

  it('is asked to wait: for a while it does, for long it does not come again', () => {
    expect(answer('', { status: 503, retryAfter: '2' }).fault).toMatchObject({
      retry: 'later',
      retryAfterMs: 2_000,
    });
    expect(answer('', { status: 503, retryAfter: '600' }).fault?.retry).toBeUndefined();
  });

  it('makes errors that can be trusted in their form', () => {
    const errors = [
      {},
      'x',
      null,
      { message: 1, path: 'p', extensions: 'e' },
      { message: 'm', path: ['a', 0, {}] },
      { message: 'm', path: ['a', 0] },
    ];
    expect(answer({ data: null, errors }).answer?.errors).toEqual([
      { message: 'no message', extensions: {} },
      { message: 'no message', extensions: {} },
      { message: 'm', extensions: {} },
      { message: 'm', path: ['a', 0], extensions: {} },
    ]);
  });

  it('takes no more errors, no longer paths and no longer codes than can mean anything', () => {
    const error = {
      message: 'm',
      path: Array(300).fill('a'),
      extensions: { code: `A_${'B'.repeat(1_000)}` },
    };
    const { errors } = answer({ data: null, errors: Array(5_000).fill(error) }).answer!;
    expect(errors).toHaveLength(1_000);
    expect(errors?.[0]).toEqual({ message: 'm', extensions: { code: 'INTERNAL' } });
  });

  it.each([
    ['{"data":{"a":"plain"}}', true],
    ['{"data":{"a":"tab\\t"}}', false],
    ['{"data":{"a":"é"}}', false],
    ['\ufeff{"data":{"a":"mark"}}', false],
  ])('%s is plain: %s', (body, isPlain) => {
    expect(answer(body).answer).toMatchObject({ isPlain });
  });
});

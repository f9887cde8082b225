import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, GraphQLError, parse, type ExecutionResult } from 'graphql';
import { AppError } from '../errors.js';
import { formatError } from './errors.js';

const schema = buildSchema('type Query { events(order: String! = "soon", words: [Int!]): [Int!] }');

/** The code a client sees for the first error of an operation. */
function codeOf(document: string, variableValues: Record<string, unknown>): unknown {
  const { errors } = execute({ schema, document: parse(document), variableValues }) as ExecutionResult;
  const [error] = errors ?? [];
  const formatted = { ...error!.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  return formatError(formatted, error).extensions?.['code'];
}

describe('faults of a request that graphql-js reports without a code', () => {
  it('null for an argument that has a default and takes no null is the fault of the client', () => {
    expect(codeOf('query ($order: String) { events(order: $order) }', { order: null })).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('so are more bad values than graphql-js counts', () => {
    const document = 'query ($words: [Int!]) { events(words: $words) }';
    const { errors = [] } = execute({
      schema,
      document: parse(document),
      variableValues: { words: Array.from({ length: 1_000 }, () => 'x') },
    }) as ExecutionResult;
    const last = errors.at(-1)!;
    expect(last.message).toContain('Too many errors');
    const formatted = { ...last.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR' } };
    const { extensions } = formatError(formatted, last);
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  it('what a resolver throws in the words of graphql-js stays a fault of ours', () => {
    const error = new GraphQLError('Int cannot represent non-integer value: 1.5');
    const formatted = { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR' } };
    const { extensions } = formatError(formatted, error);
    expect(extensions).toEqual({ code: 'INTERNAL' });
  });
});

it('a limit tells when to come back, and nothing else of its details', () => {
  const cause = new AppError('RATE_LIMITED', 'Too many.', { retryAfterSeconds: 30, key: 'ana' });
  const error = new GraphQLError('Too many.', { originalError: cause });
  expect(formatError(error.toJSON(), error).extensions).toEqual({
    code: 'RATE_LIMITED',
    retryAfterSeconds: 30,
  });
});

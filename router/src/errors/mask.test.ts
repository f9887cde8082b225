import { describe, expect, it } from '@jest/globals';
import { maskError } from './mask.js';

const cases: [string | undefined, 'shown' | 'masked'][] = [
  ['NOT_FOUND', 'shown'],
  ['FORBIDDEN', 'shown'],
  ['GRAPHQL_VALIDATION_FAILED', 'shown'],
  ['SOLD_OUT', 'shown'],
  ['INTERNAL', 'masked'],
  ['INTERNAL_SERVER_ERROR', 'masked'],
  ['DOWNSTREAM_SERVICE_ERROR', 'masked'],
  ['ECONNREFUSED', 'masked'],
  ['P2002', 'masked'],
  ['23505', 'masked'],
  ['ERR_INVALID_ARG_TYPE', 'masked'],
  [undefined, 'masked'],
];

describe('maskError', () => {
  it.each(cases)('an error with code %s is %s', (code, expected) => {
    const { message } = maskError({ message: 'details', extensions: code === undefined ? {} : { code } });
    expect(message).toBe(expected === 'shown' ? 'details' : 'Internal error');
  });

  it('keeps the place and says under which request id the fault is logged', () => {
    const error = {
      message: 'x',
      path: ['a', 0],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'ODD' },
    };
    expect(maskError(error, 'r-1')).toEqual({
      message: 'Internal error',
      path: ['a', 0],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'INTERNAL', requestId: 'r-1' },
    });
  });

  it('quotes no more than the beginning of what a client sent', () => {
    const message = `Variable "$text" got invalid value "${'x'.repeat(100_000)}"`;
    expect(maskError({ message, extensions: { code: 'BAD_USER_INPUT' } }).message).toHaveLength(501);
  });

  it('takes more bad variables than graphql-js counts for what they are', () => {
    const message = 'Too many errors processing variables, error limit reached. Execution aborted.';
    expect(maskError({ message, extensions: { code: 'INTERNAL_SERVER_ERROR' } })).toEqual({
      message,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('strips what tells about our inside', () => {
    const extensions = {
      code: 'CONFLICT',
      current: 4,
      stacktrace: ['at x'],
      serviceName: 'users',
      exception: {},
    };
    expect(maskError({ message: 'x', extensions }).extensions).toEqual({ code: 'CONFLICT', current: 4 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { isOutage } from './outage.js';

const withCode = (code: string) => Object.assign(new Error('it failed'), { code });
const ofRawQuery = (cause: object) =>
  Object.assign(withCode('P2010'), { meta: { driverAdapterError: { cause } } });

describe('an outage of the database', () => {
  it.each<[string, unknown]>([
    ['a connection that ends in the middle', new Error('Connection terminated unexpectedly')],
    ['a connection that is closed', new Error('Connection terminated')],
    ['a connection that is not made in time', new Error('Connection terminated due to connection timeout')],
    ['a pool with none left', new Error('timeout exceeded when trying to connect')],
    ['a socket that is closed while it is written to', withCode('EPIPE')],
    ['a server that shuts down', withCode('57P01')],
    ['a server that starts, asked by a raw query', ofRawQuery({ originalCode: '57P03' })],
    ['a server that is not reached, as Prisma says it', ofRawQuery({ kind: 'DatabaseNotReachable' })],
  ])('is %s', (_what, error) => expect(isOutage(error)).toBe(true));

  it.each<[string, unknown]>([
    ['a row that is there already', withCode('23505')],
    ['a mistake in a query', ofRawQuery({ originalCode: '42601' })],
    ['an error that only quotes one', new Error('I wrote "Connection terminated" into a column')],
    ['what is no error', { code: 'ECONNRESET' }],
  ])('is not %s', (_what, error) => expect(isOutage(error)).toBe(false));
});

import { describe, expect, it } from '@jest/globals';
import { flag, list, loadConfig, port, secret, subgraphConfigShape, url } from './config.js';

describe('configuration', () => {
  it('reads words into values and fills defaults', () => {
    const shape = {
      PORT: port(),
      TAGS: list(),
      ON: flag(),
      URL: url('http', 'https'),
      NAME: list().default([]),
    };
    const env = { PORT: '4001', TAGS: 'a, b,,c', ON: 'off', URL: 'http://x', NAME: '' };
    expect(loadConfig(shape, env)).toEqual({
      PORT: 4001,
      TAGS: ['a', 'b', 'c'],
      ON: false,
      URL: 'http://x',
      NAME: [],
    });
  });

  it('names every fault at once and prints no value', () => {
    const env = { PORT: 'eighty', DATABASE_URL: 'mysql://root:hunter2@db', VIEWER_SECRET: 'short' };
    const load = () => loadConfig(subgraphConfigShape, env);
    expect(load).toThrow(
      /PORT: .*\n.*DATABASE_URL: .*\n.*REDIS_URL: .*\n.*VIEWER_SECRET: must have at least 32/s,
    );
    expect(load).not.toThrow(/hunter2|short|eighty/);
  });

  it.each(['0', '65536', '-1', '80.5', ''])('refuses the port "%s"', (value) => {
    expect(() => loadConfig({ PORT: port() }, { PORT: value })).toThrow('PORT');
  });

  it('does not take a weak secret', () => {
    expect(() => loadConfig({ S: secret() }, { S: 'x'.repeat(31) })).toThrow('32 characters');
  });
});

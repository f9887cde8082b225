import { describe, expect, it } from '@jest/globals';
import { readConfig, settings } from './config.js';
import { readOptions, usage } from './options.js';

describe('the command line', () => {
  it('gives settings by their names, with a blank or an equals sign', () => {
    expect(readOptions(['--port', '4001', '--subgraph-urls=users=http://127.0.0.1:1'])).toEqual({
      PORT: '4001',
      SUBGRAPH_URLS: 'users=http://127.0.0.1:1',
    });
  });

  it('takes a switch without a value for on', () => {
    expect(readOptions(['--introspection', '--port', '1'])).toEqual({ INTROSPECTION: 'on', PORT: '1' });
    expect(readOptions(['--introspection', 'off'])).toEqual({ INTROSPECTION: 'off' });
  });

  it.each([
    [['--prot', '4000'], 'Unknown option --prot.'],
    [['4000'], 'Unknown option 4000.'],
    [['--port'], '--port wants a value.'],
    [['--port', '--introspection'], '--port wants a value.'],
  ])('refuses %j', (words, message) => {
    expect(() => readOptions(words)).toThrow(message);
  });

  it('is explained option by option: each with its meaning, and the defaults that count', () => {
    const lines = usage().split('\n');
    for (const name of Object.keys(settings)) {
      const option = `--${name.toLowerCase().replaceAll('_', '-')} `;
      const line = lines.find((each) => each.trimStart().startsWith(option));
      expect([name, line?.replace(option, '').trim()]).toEqual([name, expect.stringMatching(/^\w.{10}/)]);
    }
    expect(usage()).toMatch(/--port .*\[4000\]/);
    expect(usage()).toMatch(/--max-depth .*\[15\]/);
  });

  it('needs nothing: then everybody is anonymous and the schema is told', () => {
    expect(readConfig(readOptions([]))).toMatchObject({ PORT: 4000, INTROSPECTION: true });
  });
});

import { describe, expect, it } from '@jest/globals';
import { idType, prefixOf } from './ids.js';

const users = idType('usr');
const events = idType('evt');

describe('typed ids', () => {
  it('carry a time-ordered key across and back', () => {
    const keys = Array.from({ length: 100 }, () => users.create());
    expect([...keys].sort()).toEqual(keys);
    expect(keys.map((key) => users.decode(users.encode(key)))).toEqual(keys);
    expect(prefixOf(users.encode(keys[0]!))).toBe('usr');
  });

  it.each([
    '',
    'usr_',
    'usr_x',
    'nonsense',
    'usr_00000000000000000000000000000',
    'USR_01h455vb4pex5vsknk084sn02q',
  ])('refuse the malformed "%s"', (id) => {
    expect(() => users.decode(id)).toThrow('This is not the id of a "usr".');
    expect(users.find(id)).toBeNull();
  });

  it('refuse an id of another type', () => {
    const foreign = events.encode(events.create());
    expect(users.find(foreign)).toBeNull();
    expect(events.find(foreign)).not.toBeNull();
  });
});

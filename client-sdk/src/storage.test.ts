import { describe, expect, it } from '@jest/globals';
import { createLocalStorage, newKey, type StoredSession } from './index.js';

const session: StoredSession = { id: 'one', accessToken: 'a', refreshToken: 'r', renewAt: 5 };

function browserWith(text?: string) {
  const entries = new Map(text === undefined ? [] : [['diaspora.session', text]]);
  const localStorage = {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
  return { entries, localStorage };
}

describe('createLocalStorage', () => {
  it('keeps a session for the next visit', () => {
    const browser = browserWith();
    void createLocalStorage(undefined, browser).save(session);
    expect(createLocalStorage(undefined, browser).load()).toEqual(session);
    void createLocalStorage(undefined, browser).clear();
    expect(browser.entries.size).toBe(0);
  });

  it('keeps the token of a trusted device, whatever becomes of the session', () => {
    const browser = browserWith();
    const storage = createLocalStorage(undefined, browser);
    expect(storage.loadDevice!()).toBeUndefined();
    void storage.saveDevice!('device');
    void storage.clear();
    expect(createLocalStorage(undefined, browser).loadDevice!()).toBe('device');
  });

  it.each(['', 'null', '[]', '{"id":"one"}', '{"id":1,"accessToken":"a","refreshToken":"r","renewAt":5}'])(
    'takes %j for no session',
    (text) => {
      expect(createLocalStorage(undefined, browserWith(text)).load()).toBeUndefined();
    },
  );

  it('says so where there is no localStorage', () => {
    expect(() => createLocalStorage(undefined, {})).toThrow('There is no localStorage here');
  });
});

describe('newKey', () => {
  it('is a random UUID', () => {
    const keys = Array.from({ length: 100 }, newKey);
    expect(new Set(keys).size).toBe(100);
    expect(
      keys.every((key) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(key)),
    ).toBe(true);
  });
});

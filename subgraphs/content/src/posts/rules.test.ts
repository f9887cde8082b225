import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { foldHashtag, hashtagsOf, mayBeAbout } from './rules.js';

describe('hashtags', () => {
  it.each([
    ['are folded and taken once', 'Salut #Diaspora și #DIASPORA!', ['diaspora']],
    [
      'are of every script',
      '#București #Москва #日本語 #हिन्दी #یک‌دو',
      ['bucurești', 'москва', '日本語', 'हिन्दी', 'یک‌دو'],
    ],
    ['may start with the full-width sign', '＃東京', ['東京']],
    ['need a letter', '#1 #2026 #_ #2026plan', ['2026plan']],
    ['end at punctuation and emoji', '#bine, #bun🎉 (#rău)', ['bine', 'bun', 'rău']],
    [
      'are not the fragment of an address, an entity or the middle of a word',
      'https://x.example/#top a#b &#x27;',
      [],
    ],
    ['follow each other without a space only as one word', '#unu#doi', ['unu']],
    ['are normalised', '#cafe\u0301 #café', ['café']],
    ['may not be longer than 100 characters', `#${'a'.repeat(101)} #${'b'.repeat(100)}`, ['b'.repeat(100)]],
  ])('%s', (_name, text, expected) => {
    expect(hashtagsOf(text)).toEqual(expected);
  });

  it('are 30 at most', () => {
    const text = Array.from({ length: 40 }, (_, index) => `#tag${index}`).join(' ');
    expect(hashtagsOf(text)).toHaveLength(30);
  });

  it('are found in linear time: with more than that these would take hours', () => {
    const many = 1_000_000;
    for (const text of ['#'.repeat(many) + '1'.repeat(many), `#${'1'.repeat(many)}`]) {
      // Nothing else ends what never comes back to its event loop.
      const found = runInNewContext(
        'find(text)',
        { find: hashtagsOf, text },
        { timeout: 60_000 },
      ) as string[];
      expect(found).toEqual([]);
    }
  });

  it('are the same with and without the sign when asked for', () => {
    expect([foldHashtag('#Cluj'), foldHashtag(' CLUJ ')]).toEqual(['cluj', 'cluj']);
  });
});

describe('a post about an event', () => {
  it.each([
    ['PUBLIC', 'PUBLIC', true],
    ['PUBLIC', 'MEMBERS', true],
    ['MEMBERS', 'PUBLIC', false],
    ['MEMBERS', 'MEMBERS', true],
    ['UNLISTED', 'PUBLIC', false],
    ['UNLISTED', 'MEMBERS', false],
    ['PRIVATE', 'PUBLIC', false],
    ['PRIVATE', 'MEMBERS', false],
  ] as const)('on a %s event and for %s: %s', (event, post, expected) => {
    expect(mayBeAbout({ visibility: event }, post)).toBe(expected);
  });

  it('is not about an event nobody has told of', () => {
    expect(mayBeAbout(null, 'MEMBERS')).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { excerptOf, mayDelete } from './rules.js';

describe('an excerpt', () => {
  it('is the whole of a short text', () => {
    expect(excerptOf('Ce frumos!')).toBe('Ce frumos!');
    expect(excerptOf('a'.repeat(140))).toHaveLength(140);
  });

  it('has at most 140 characters', () => {
    expect(excerptOf('a'.repeat(2_000))).toBe('a'.repeat(140));
  });

  it('is never cut inside what a reader sees as one character', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(excerptOf('a'.repeat(135) + family)).toBe('a'.repeat(135));
    expect(excerptOf('a'.repeat(139) + 'e\u0301')).toBe('a'.repeat(139));
    expect(excerptOf('a'.repeat(138) + 'e\u0301!')).toBe(`${'a'.repeat(138)}e\u0301`);
  });
});

describe('deleting a comment', () => {
  it.each([
    ['its author', 'author', true],
    ['the author of the post', 'post-author', true],
    ['a stranger', 'stranger', false],
  ])('is for %s: %s', (_name, viewer, expected) => {
    expect(mayDelete(viewer, { authorId: 'author' }, { authorId: 'post-author' })).toBe(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import { assertFits, contentKey, faultOf } from './rules.js';

const limits = { 'image/jpeg': 10, 'image/png': 20, 'image/gif': 30, 'image/webp': 40 };

describe('a file', () => {
  it('may be as large as its type allows', () => {
    const request = { idempotencyKey: 'k', contentType: 'image/png' as const };
    expect(() => assertFits({ ...request, sizeBytes: 20 }, limits)).not.toThrow();
    expect(() => assertFits({ ...request, sizeBytes: 21 }, limits)).toThrow('at most 20 bytes');
  });

  it.each([
    ['as declared', 'image/png', 70, null],
    ['an animated PNG', 'image/apng', 70, null],
    ['of another type', 'image/jpeg', 70, 'WRONG_TYPE'],
    ['of no known type', undefined, 70, 'WRONG_TYPE'],
    ['shorter', 'image/png', 69, 'WRONG_SIZE'],
    ['longer', 'image/png', 71, 'WRONG_SIZE'],
  ])('%s is judged by its bytes', (_name, contentType, sizeBytes, fault) => {
    expect(faultOf({ contentType, sizeBytes }, { contentType: 'image/png', sizeBytes: 70 })).toBe(fault);
  });

  it('has a place that its content alone decides', () => {
    expect(contentKey('abcdef', 'image/jpeg')).toBe('media/ab/abcdef.jpg');
  });
});

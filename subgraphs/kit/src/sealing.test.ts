import { describe, expect, it } from '@jest/globals';
import { createSealer } from './sealing.js';

describe('a sealed secret', () => {
  const sealer = createSealer('a secret of at least 32 characters', 'tests');

  it('opens for the purpose it was sealed for, and differs each time', () => {
    expect(sealer.open(sealer.seal('București'))).toBe('București');
    expect(sealer.seal('x')).not.toBe(sealer.seal('x'));
    const other = createSealer('a secret of at least 32 characters', 'something else');
    expect(() => other.open(sealer.seal('x'))).toThrow();
  });

  it.each([4, 8, 12, 15])('does not open by %d bytes of its tag', (bytes) => {
    const [iv, tag, body] = sealer.seal('x').split('.') as [string, string, string];
    const part = Buffer.from(tag, 'base64url').subarray(0, bytes).toString('base64url');
    expect(() => sealer.open([iv, part, body].join('.'))).toThrow();
  });

  it.each(['', 'x', 'a.b', 'a.b.c'])('is not %j', (text) => {
    expect(() => sealer.open(text)).toThrow();
  });
});

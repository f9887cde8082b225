import { describe, expect, it } from '@jest/globals';
import { signViewer, verifyViewer, type Viewer } from './viewer.js';

const secret = 'a-shared-secret-of-more-than-32-characters';
const viewer: Viewer = {
  id: 'u',
  kind: 'person',
  sessionId: 's',
  roles: ['REGULAR'],
  scopes: [],
  entitlements: [],
  offices: [],
};
const now = 1_700_000_000_000;

describe('signed viewer header', () => {
  it.each([viewer, null])('brings a viewer and the request id across', (given) => {
    const header = signViewer(given, { secret, requestId: 'r1', now });
    const origin = { address: null, userAgent: null };
    expect(verifyViewer(header, { secret, now })).toEqual({ viewer: given, requestId: 'r1', origin });
  });

  it('brings across where the request came from', () => {
    const origin = { address: '203.0.113.7', userAgent: 'Diaspora/1.0 (iOS)' };
    const header = signViewer(null, { secret, requestId: 'r1', origin, now });
    expect(verifyViewer(header, { secret, now }).origin).toEqual(origin);
  });

  it.each([59_000, -59_000])('is good %d ms away from its time', (offset) => {
    const header = signViewer(viewer, { secret, requestId: 'r', now });
    expect(verifyViewer(header, { secret, now: now + offset }).requestId).toBe('r');
  });

  const header = signViewer(viewer, { secret, requestId: 'r', now });
  const [payload, signature] = header.split('.') as [string, string];
  const promoted = Buffer.from(
    JSON.stringify({ viewer: { ...viewer, roles: ['SUPER_USER'] }, requestId: 'r', at: now }),
  );
  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['no signature', payload],
    ['another secret', signViewer(viewer, { secret: `${secret}!`, requestId: 'r', now })],
    ['a changed payload', `${promoted.toString('base64url')}.${signature}`],
    ['a cut signature', `${payload}.${signature.slice(0, -4)}`],
    ['a replay after the window', signViewer(viewer, { secret, requestId: 'r', now: now - 61_000 })],
  ])('refuses %s', (_name, value) => {
    expect(() => verifyViewer(value, { secret, now })).toThrow('answers the router only');
  });
});

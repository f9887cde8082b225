import { aViewer } from '@diaspora/kit/testing';
import { describe, expect, it } from '@jest/globals';
import type { Account } from '../__generated__/prisma/client.js';
import { userIds } from '../ids.js';
import { assertAboutAnother, assertMayBecome, assertSomebody, maySee } from './rules.js';

const now = new Date();
const id = userIds.create();
const account = (overrides: Partial<Account> = {}) =>
  ({ id, emailVerifiedAt: now, suspendedAt: null, suspendedUntil: null, ...overrides }) as Account;

describe('an event owner', () => {
  it('is seen by super users and by themselves', () => {
    expect(maySee(aViewer({ roles: ['SUPER_USER'] }), id)).toBe(true);
    expect(maySee(aViewer({ id }), id)).toBe(true);
    expect([null, aViewer(), aViewer({ id, kind: 'service' })].map((each) => maySee(each, id))).toEqual([
      ...[false, false, false],
    ]);
  });

  it('is made by somebody else', () => {
    expect(() => assertAboutAnother(id, id)).toThrow('others decide');
    expect(() => assertAboutAnother(id, userIds.create())).not.toThrow();
  });

  it('is somebody with a proved address', () => {
    expect(() => assertSomebody(null)).toThrow('no such person');
    expect(() => assertSomebody(account({ emailVerifiedAt: null }))).toThrow('no such person');
    expect(() => assertSomebody(account())).not.toThrow();
  });

  it('is nobody whom the platform keeps out, until that has run out', () => {
    const past = new Date(now.getTime() - 1);
    expect(() => assertMayBecome(account({ suspendedAt: past }), now)).toThrow('keeps this person out');
    expect(() => assertMayBecome(account({ suspendedAt: past, suspendedUntil: now }), now)).not.toThrow();
  });
});

import { describe, expect, it } from '@jest/globals';
import { rememberTokens } from './remember-tokens.js';
import type { VerifiedToken } from './verify-token.js';

function given(options: { most?: number; forMs?: number } = {}) {
  let at = 0;
  const verified: string[] = [];
  const verify = rememberTokens(
    async (token) => {
      verified.push(token);
      if (token.startsWith('forged')) throw new Error('refused');
      return { tokenId: token } as VerifiedToken;
    },
    { clock: { now: () => new Date(at) }, ...options },
  );
  return { verify, verified, pass: (ms: number) => void (at += ms) };
}

describe('rememberTokens', () => {
  it('verifies each of 2,000 rotating tokens once', async () => {
    const { verify, verified } = given();
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 2_000; n += 1) expect(await verify(`t${n}`)).toEqual({ tokenId: `t${n}` });
    }
    expect(verified).toHaveLength(2_000);
  });

  it('verifies a token once for all who present it at the same time', async () => {
    const { verify, verified } = given();
    await Promise.all(Array.from({ length: 50 }, () => verify('t')));
    expect(verified).toEqual(['t']);
  });

  it('keeps no more than its bound, those used last', async () => {
    const { verify, verified } = given({ most: 10 });
    for (let n = 0; n < 100; n += 1) {
      await verify('often');
      await verify(`t${n}`);
    }
    expect(verified.filter((token) => token === 'often')).toHaveLength(1);
    await verify('t0');
    expect(verified.filter((token) => token === 't0')).toHaveLength(2);
  });

  it('keeps no forged token, and no flood of them pushes out a good one', async () => {
    const { verify, verified } = given({ most: 10 });
    await verify('good');
    const forged = Array.from({ length: 1_000 }, (_, n) => verify(`forged${n}`).catch(() => 'refused'));
    expect(new Set(await Promise.all(forged))).toEqual(new Set(['refused']));
    await verify('good');
    expect(verified.filter((token) => token === 'good')).toHaveLength(1);
    await expect(verify('forged1')).rejects.toThrow('refused');
  });

  it('verifies again after its time, so that a signing key that was withdrawn stops counting', async () => {
    const { verify, verified, pass } = given({ forMs: 1_000 });
    await verify('t');
    pass(999);
    await verify('t');
    expect(verified).toHaveLength(1);
    pass(1);
    await verify('t');
    expect(verified).toHaveLength(2);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import { jwtVerify } from 'jose';
import { createSigningKey, startIssuer, type Issuer } from '../testing/issuer.js';
import { createRemoteKeys } from './remote-keys.js';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());

const log = createLogger({ name: 'test', level: 'silent' });

describe('createRemoteKeys', () => {
  it('fetches the set again for an unknown key id, once per cooldown', async () => {
    const keys = createRemoteKeys({ url: issuer.url, log, cooldownMs: 0 });
    const before = issuer.fetches();
    await jwtVerify(await issuer.token(), keys);
    const rotated = await issuer.rotate();
    await jwtVerify(await issuer.token({ key: rotated }), keys);
    expect(issuer.fetches() - before).toBe(2);
  });

  it('keeps the last good set while the issuer is away', async () => {
    const other = await startIssuer();
    const keys = createRemoteKeys({ url: other.url, log, cooldownMs: 0 });
    await jwtVerify(await other.token(), keys);
    await other.stop();
    const unknown = await other.token({ key: await createSigningKey('unknown') });
    await expect(jwtVerify(unknown, keys)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    await expect(jwtVerify(await other.token(), keys)).resolves.toBeDefined();
  });

  it('does not fetch for every forged key id', async () => {
    const keys = createRemoteKeys({ url: issuer.url, log });
    const before = issuer.fetches();
    const forged = await issuer.token({ key: await createSigningKey('forged') });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(jwtVerify(forged, keys)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    }
    expect(issuer.fetches() - before).toBeLessThanOrEqual(1);
  });
});

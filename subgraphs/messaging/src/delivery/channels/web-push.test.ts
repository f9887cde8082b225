import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ece from 'http_ece';
import { importJWK, jwtVerify } from 'jose';
import webPush from 'web-push';
import { aBrowser } from '../../testing/delivering.js';
import { startTarget, type Target } from '../../testing/http-target.js';
import { createTargets } from '../../targets.js';
import { createWebPush } from './web-push.js';

const { publicKey, privateKey } = webPush.generateVAPIDKeys();
const vapid = { publicKey, privateKey, subject: 'mailto:ops@example.org' };
const notice = { title: 'Ben wrote to you', tag: '0'.repeat(32), data: { notificationId: 'ntf_1' } };

describe('Web Push', () => {
  let service: Target;
  beforeAll(async () => {
    service = await startTarget();
  });
  afterAll(() => service.stop());
  beforeEach(() => {
    service.taken.length = 0;
    service.answer(() => ({ status: 201 }));
  });

  const push = (webPushOf: object, isOpen = true) =>
    createWebPush({ vapid, targets: createTargets({ isOpen }) }).send(JSON.stringify(webPushOf), notice);

  it('is read by the browser, and by it alone', async () => {
    const { curve, auth, webPush: subscription } = aBrowser(service.url);
    expect(await push(subscription)).toEqual({ kind: 'SENT' });
    const [{ headers, body }] = service.taken as [Target['taken'][number]];
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', topic: notice.tag, ttl: '86400' });
    const plain = ece.decrypt(body, {
      version: 'aes128gcm',
      privateKey: curve,
      authSecret: auth.toString('base64url'),
    });
    expect(JSON.parse(plain.toString())).toEqual(notice);
    const other = aBrowser(service.url);
    const stolen = {
      version: 'aes128gcm',
      privateKey: other.curve,
      authSecret: other.auth.toString('base64url'),
    };
    expect(() => ece.decrypt(body, stolen)).toThrow();
  });

  it('is signed for the push service by our key (VAPID)', async () => {
    await push(aBrowser(service.url).webPush);
    const [, token, key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(service.taken[0]!.headers.authorization!)!;
    expect(key).toBe(publicKey);
    const point = Buffer.from(publicKey, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const jwk = await importJWK({ kty: 'EC', crv: 'P-256', x: x!, y: y! }, 'ES256');
    const { payload } = await jwtVerify(token!, jwk, { audience: service.url });
    expect(payload.sub).toBe('mailto:ops@example.org');
  });

  it.each([
    [404, { kind: 'GONE', detail: 'HTTP 404' }],
    [410, { kind: 'GONE', detail: 'HTTP 410' }],
    [429, { kind: 'LATER', detail: 'HTTP 429', waitSeconds: 30 }],
    [500, { kind: 'LATER', detail: 'HTTP 500', waitSeconds: 30 }],
    [413, { kind: 'REFUSED', detail: 'HTTP 413' }],
  ])('understands the answer %d', async (status, outcome) => {
    service.answer(() => ({ status, headers: { 'retry-after': '30' } }));
    expect(await push(aBrowser(service.url).webPush)).toEqual(outcome);
  });

  it('goes to no address in the own network', async () => {
    const { webPush: subscription } = aBrowser(service.url);
    expect(await push(subscription, false)).toEqual({ kind: 'REFUSED', detail: 'REFUSED_ADDRESS' });
    expect(service.taken).toEqual([]);
  });

  it('knows that nothing was sent where nobody listens, and does not where the answer is missing', async () => {
    // No port that anything else may be given meanwhile.
    const nobody = aBrowser('http://127.0.0.1:2').webPush;
    expect(await push(nobody)).toEqual({ kind: 'LATER', detail: 'ECONNREFUSED' });
    service.answer(() => 'silence');
    expect(await push(aBrowser(service.url).webPush)).toMatchObject({ kind: 'UNCONFIRMED' });
  });

  it('gives up on keys that are no point of the curve', async () => {
    const { webPush: subscription } = aBrowser(service.url);
    const broken = { ...subscription, p256dh: Buffer.alloc(65, 7).toString('base64url') };
    expect(await push(broken)).toEqual({ kind: 'GONE', detail: 'UNUSABLE_KEYS' });
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import { startTarget, type Target } from '../../testing/http-target.js';
import { createFcm } from './fcm.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const notice = { title: 'Ben wrote to you', tag: 'a-tag', data: { notificationId: 'ntf_1' } };

/** As Google answers (https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode). */
const refusal = (status: string, errorCode: string) =>
  JSON.stringify({
    error: {
      ...{ status, message: 'Requested entity was not found.' },
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }],
    },
  });

describe('Firebase Cloud Messaging', () => {
  let google: Target;
  beforeAll(async () => {
    google = await startTarget();
  });
  afterAll(() => google.stop());
  beforeEach(() => {
    google.taken.length = 0;
    answer({ status: 200, body: JSON.stringify({ name: 'projects/community/messages/1' }) });
  });

  /** The token is given as Google gives it; the message is answered so. */
  const answer = (toMessage: { status: number; body?: string; headers?: Record<string, string> }) =>
    google.answer(({ path }) => {
      if (path !== '/token') return toMessage;
      const body = JSON.stringify({ access_token: 'ya29.a', expires_in: 3_600, token_type: 'Bearer' });
      return { status: 200, body, headers: { 'content-type': 'application/json' } };
    });
  const fcm = ({ token_uri = `${google.url}/token`, tokenTimeoutMs = 10_000 } = {}) => {
    const account = {
      ...{ project_id: 'community', client_email: 'push@community.example' },
      ...{
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        token_uri,
      },
    };
    return createFcm({ account: account as never, url: google.url, tokenTimeoutMs });
  };

  it('exchanges a signed assertion for a token once, and sends messages with it', async () => {
    const provider = fcm();
    for (const token of ['device-1', 'device-2'])
      expect(await provider.send(token, notice)).toEqual({ kind: 'SENT' });
    const [exchange, ...messages] = google.taken;
    const assertion = new URLSearchParams(exchange!.body.toString()).get('assertion')!;
    const { payload } = await jwtVerify(assertion, publicKey);
    expect(payload).toMatchObject({
      iss: 'push@community.example',
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
    });
    expect(messages.map(({ path }) => path)).toEqual(Array(2).fill('/v1/projects/community/messages:send'));
    expect(messages[0]!.headers.authorization).toBe('Bearer ya29.a');
    expect(JSON.parse(messages[1]!.body.toString())).toMatchObject({
      message: {
        ...{ token: 'device-2', notification: { title: 'Ben wrote to you' }, data: notice.data },
        android: { notification: { tag: 'a-tag' } },
      },
    });
  });

  it.each([
    [404, refusal('NOT_FOUND', 'UNREGISTERED'), { kind: 'GONE', detail: 'UNREGISTERED' }],
    [403, refusal('PERMISSION_DENIED', 'SENDER_ID_MISMATCH'), { kind: 'GONE', detail: 'SENDER_ID_MISMATCH' }],
    [400, refusal('INVALID_ARGUMENT', 'INVALID_ARGUMENT'), { kind: 'REFUSED', detail: 'HTTP 400' }],
    [401, refusal('UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR'), { kind: 'LATER', detail: 'HTTP 401' }],
    [429, refusal('RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'), { kind: 'LATER', detail: 'HTTP 429' }],
    [503, refusal('UNAVAILABLE', 'UNAVAILABLE'), { kind: 'LATER', detail: 'HTTP 503' }],
  ])('understands the answer %d', async (status, body, outcome) => {
    answer({ status, body });
    expect(await fcm().send('device-1', notice)).toMatchObject(outcome);
  });

  it('has sent nothing when Google gives no token', async () => {
    google.answer(() => ({ status: 400, body: JSON.stringify({ error: 'invalid_grant' }) }));
    expect(await fcm().send('device-1', notice)).toEqual({ kind: 'LATER', detail: 'NO_ACCESS_TOKEN' });
    expect(google.taken.every(({ path }) => path === '/token')).toBe(true);
  });

  it('waits for a token for a while only', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const provider = fcm({ token_uri: `http://127.0.0.1:${port}/token`, tokenTimeoutMs: 50 });
    expect(await provider.send('device-1', notice)).toEqual({ kind: 'LATER', detail: 'NO_ACCESS_TOKEN' });
    silent.closeAllConnections();
    silent.close();
  });
});

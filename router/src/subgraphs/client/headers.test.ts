import { describe, expect, it } from '@jest/globals';
import { verifyViewer, type Viewer } from '@diaspora/kit/core';
import { aCall } from '../testing/fake-step.js';
import { aContext } from '../testing/given.js';
import { createHeaders } from './headers.js';

const secret = 'a secret of thirty-two characters';
const viewer: Viewer = {
  id: 'u1',
  kind: 'person',
  sessionId: 's1',
  roles: [],
  scopes: [],
  entitlements: [],
  offices: [],
};

function given(viewerSecret?: string) {
  let now = 1_000;
  const clock = { now: () => new Date(1_700_000_000_000 + now) };
  const write = createHeaders({ viewerSecret, clock, time: { now: () => now } });
  const read = (...given: Parameters<typeof write>) =>
    Object.fromEntries(
      write(...given)
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
    );
  return { read, clock, move: (ms: number) => void (now += ms) };
}

describe('headers', () => {
  it('say who asks from where, signed; which request it is; whose span; and how long we wait', () => {
    const { read, clock } = given(secret);
    const origin = { address: '203.0.113.7', userAgent: 'Diaspora/1.0' };
    const headers = read(aCall({ context: aContext({ viewer, origin }), deadline: 3_500 }));
    expect(verifyViewer(headers['x-viewer'], { secret, now: clock.now().getTime() })).toEqual({
      viewer,
      requestId: 'request-1',
      origin,
    });
    expect(headers).toMatchObject({
      'x-request-id': 'request-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-0123456789abcdef-01',
      'x-deadline-ms': '2500',
    });
  });

  it('sign nothing without a secret', () => {
    expect(given().read(aCall({ context: aContext({ viewer }) }))).not.toHaveProperty('x-viewer');
  });

  it('are signed once for all fetches of a client request, and again before the signature is too old', () => {
    const { read, move } = given(secret);
    const call = aCall({ context: aContext({ viewer }) });
    const { 'x-viewer': first } = read(call);
    move(15_000);
    expect(read({ ...call, startedAt: 16_000 })['x-viewer']).toBe(first);
    move(10_000);
    expect(read({ ...call, startedAt: 26_000 })['x-viewer']).not.toBe(first);
  });

  it('forward what the context has been told to, and nothing that is ours or the connection’s', () => {
    const forwardedHeaders = {
      authorization: 'Bearer x',
      'x-viewer': 'forged',
      'X-Request-Id': 'forged',
      host: 'elsewhere',
      'content-length': '0',
      'transfer-encoding': 'chunked',
      'x-split': 'a\r\nx-viewer: forged',
      'bad name': 'x',
    };
    const headers = given().read(aCall({ context: aContext({ forwardedHeaders }) }));
    expect(Object.keys(headers).sort()).toEqual([
      'authorization',
      'traceparent',
      'x-deadline-ms',
      'x-request-id',
    ]);
    expect(headers['x-request-id']).toBe('request-1');
  });
});

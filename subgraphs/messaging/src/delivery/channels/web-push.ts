import webPush from 'web-push';
import type { WebPushSubscription } from '../../devices/index.js';
import type { Targets } from '../../targets.js';
import { outcomeOf, outcomeOfFailure } from './answers.js';
import type { PushProvider } from './push.js';

export interface Vapid {
  readonly publicKey: string;
  readonly privateKey: string;
  /** Whom a push service can write to: mailto: or https:. */
  readonly subject: string;
}

/** Push services keep what a browser does not fetch for so long. */
const goodForSeconds = 24 * 3_600;

/** The library encrypts and signs (RFC 8291, 8292); the request goes where people's addresses may lead, and nowhere else. */
export function createWebPush({ vapid, targets }: { vapid: Vapid; targets: Targets }): PushProvider {
  /** Null for a key that is no point of the curve. */
  const sealedFor = (subscription: webPush.PushSubscription, payload: string, topic: string) => {
    const options = { vapidDetails: vapid, TTL: goodForSeconds, urgency: 'normal', topic } as const;
    try {
      return webPush.generateRequestDetails(subscription, payload, options);
    } catch {
      return null;
    }
  };

  return {
    name: 'web-push',
    send: async (token, { title, tag, data }) => {
      const { endpoint, p256dh, auth } = JSON.parse(token) as WebPushSubscription;
      const payload = JSON.stringify({ title, tag, data });
      const request = sealedFor({ endpoint, keys: { p256dh, auth } }, payload, tag);
      if (!request) return { kind: 'GONE', detail: 'UNUSABLE_KEYS' };
      const { headers, body } = request;
      return targets
        .post(endpoint, { headers: textHeaders(headers), body: new Uint8Array(body), redirect: 'follow' })
        .then(outcomeOf, outcomeOfFailure);
    },
  };
}

/** The length is written anew by whoever sends it. */
const textHeaders = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.toLowerCase() !== 'content-length')
      .map(([name, value]) => [name, String(value)]),
  );

import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookRefused } from './provider.js';

/** Seconds between signing and arrival that are accepted, either way. */
export const toleranceSeconds = 300;

const hmac = (rawBody: Buffer | string, timestamp: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, as Stripe signs (https://docs.stripe.com/webhooks#verify-manually). */
export function signPayload(rawBody: Buffer | string, options: { secret: string; at: Date }): string {
  const timestamp = String(Math.floor(options.at.getTime() / 1_000));
  return `t=${timestamp},v1=${hmac(rawBody, timestamp, options.secret).toString('hex')}`;
}

/** Throws WebhookRefused unless one of the v1 signatures is right and recent; there are two while a secret is changed. */
export function verifySignature(
  rawBody: Buffer,
  header: string | string[] | undefined,
  options: { secret: string; now: Date },
): void {
  const parts = (typeof header === 'string' ? header.split(',') : []).map((part) => part.trim().split('='));
  const valuesOf = (name: string) => parts.flatMap(([key, value]) => (key === name && value ? [value] : []));
  const [timestamp, ...more] = valuesOf('t');
  if (!timestamp || more.length > 0 || !/^\d{1,12}$/.test(timestamp))
    throw new WebhookRefused('no timestamp');
  const expected = hmac(rawBody, timestamp, options.secret);
  const isSigned = valuesOf('v1').some((signature) => isSame(Buffer.from(signature, 'hex'), expected));
  if (!isSigned) throw new WebhookRefused('no valid signature');
  const ageSeconds = options.now.getTime() / 1_000 - Number(timestamp);
  if (Math.abs(ageSeconds) > toleranceSeconds) throw new WebhookRefused('outside the tolerance');
}

const isSame = (left: Buffer, right: Buffer): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

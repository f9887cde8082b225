import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from './errors.js';

/** Who is asking, as the router established it. `null` stands for an anonymous visitor. */
export interface Viewer {
  /** Key (uuid) of the person. */
  readonly id: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly entitlements: readonly string[];
  readonly offices: readonly Office[];
}

/** Authority over a place: a whole country, or one city of it. */
export interface Office {
  readonly role: string;
  readonly countryCode: string;
  readonly city?: string;
}

export const VIEWER_HEADER = 'x-viewer';
export const REQUEST_ID_HEADER = 'x-request-id';

/** How long a signed header is accepted, in milliseconds, counted both ways to allow for clock skew. */
const replayWindowMs = 60_000;

interface SignedViewer {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const sign = (payload: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(payload).digest();

/** The value of the viewer header: `<base64url payload>.<base64url HMAC-SHA256>`, bound to request id and time. */
export function signViewer(
  viewer: Viewer | null,
  options: { secret: string; requestId: string; now?: number },
): string {
  const signed: SignedViewer = { viewer, requestId: options.requestId, at: options.now ?? Date.now() };
  const payload = Buffer.from(JSON.stringify(signed)).toString('base64url');
  return `${payload}.${sign(payload, options.secret).toString('base64url')}`;
}

/** Verifies what `signViewer` made. Throws AppError UNAUTHENTICATED for anything else, a stale header included. */
export function verifyViewer(
  header: string | undefined,
  options: { secret: string; now?: number },
): { viewer: Viewer | null; requestId: string } {
  const [payload, signature] = header?.split('.') ?? [];
  const refused = new AppError('UNAUTHENTICATED', 'This service answers the router only.');
  if (!payload || !signature) throw refused;
  const expected = sign(payload, options.secret);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused;
  const signed = JSON.parse(Buffer.from(payload, 'base64url').toString()) as SignedViewer;
  if (Math.abs((options.now ?? Date.now()) - signed.at) > replayWindowMs) throw refused;
  return { viewer: signed.viewer, requestId: signed.requestId };
}

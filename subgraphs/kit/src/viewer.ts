import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from './errors.js';

/** Who is asking, as the router established it. `null` stands for an anonymous visitor. */
export interface Viewer {
  /** Key (uuid) of the person or the service account. */
  readonly id: string;
  /** A service account is no person: it may what its role and scopes say, and nothing that is open to people. */
  readonly kind: 'person' | 'service';
  /** Key of the person who looks at the world as `id` for a while; whoever does so may change nothing. */
  readonly impersonatorId?: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly entitlements: readonly string[];
  readonly offices: readonly Office[];
}

/**
 * May the viewer see what is for people, and for those programs that have the scope? A program is let into nothing
 * merely by being known.
 */
export const isPersonOr = <Known extends Pick<Viewer, 'kind' | 'scopes'>>(
  viewer: Known | null,
  scope: string,
): viewer is Known => viewer !== null && (viewer.kind === 'person' || viewer.scopes.includes(scope));

/** Authority over a place: a whole country, or one city of it. */
export interface Office {
  readonly role: string;
  readonly countryCode: string;
  readonly city?: string;
}

/** Where a request came from, as the router saw it. For records of it (sessions, audit, limits of attempts). */
export interface Origin {
  /** IPv4, or the network of 64 bits of an IPv6 address; null when nobody knows. */
  readonly address: string | null;
  /** As the client calls itself, cut to 256 characters; null when it does not. */
  readonly userAgent: string | null;
}

export const unknownOrigin: Origin = Object.freeze({ address: null, userAgent: null });

export const VIEWER_HEADER = 'x-viewer';
export const REQUEST_ID_HEADER = 'x-request-id';

/** How long a signed header is accepted, in milliseconds, counted both ways to allow for clock skew. */
const replayWindowMs = 60_000;

interface SignedViewer {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly origin: Origin;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const sign = (payload: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(payload).digest();

/** The value of the viewer header: `<base64url payload>.<base64url HMAC-SHA256>`, bound to request id and time. */
export function signViewer(
  viewer: Viewer | null,
  options: { secret: string; requestId: string; origin?: Origin; now?: number },
): string {
  const { requestId, origin = unknownOrigin, now = Date.now() } = options;
  const signed: SignedViewer = { viewer, requestId, origin, at: now };
  const payload = Buffer.from(JSON.stringify(signed)).toString('base64url');
  return `${payload}.${sign(payload, options.secret).toString('base64url')}`;
}

/** Verifies what `signViewer` made. Throws AppError UNAUTHENTICATED for anything else, a stale header included. */
export function verifyViewer(
  header: string | undefined,
  options: { secret: string; now?: number },
): { viewer: Viewer | null; requestId: string; origin: Origin } {
  const [payload, signature] = header?.split('.') ?? [];
  const refused = new AppError('UNAUTHENTICATED', 'This service answers the router only.');
  if (!payload || !signature) throw refused;
  const expected = sign(payload, options.secret);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused;
  const signed = JSON.parse(Buffer.from(payload, 'base64url').toString()) as SignedViewer;
  if (Math.abs((options.now ?? Date.now()) - signed.at) > replayWindowMs) throw refused;
  return { viewer: signed.viewer, requestId: signed.requestId, origin: signed.origin };
}

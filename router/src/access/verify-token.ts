import { idType, type Clock, type IdType, type Viewer } from '@diaspora/kit/core';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { RequestRefused } from './refused.js';
import { sha256 } from './sha256.js';
import { TokenRefused } from './token-refused.js';

export interface VerifyDependencies {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
}

/** What a good token says: true for as long as the token lives, unless it is revoked. */
export interface VerifiedToken {
  readonly viewer: Viewer;
  /** Equal for equal claims of the viewer. */
  readonly identity: string;
  readonly tokenId: string;
  readonly epoch: number;
  /** Who really acts, when a person is impersonated: in which session and epoch the token was asked for. */
  readonly actor?: { readonly userId: string; readonly sessionId: string; readonly epoch: number };
  /** Milliseconds since the epoch; clocks may differ by `clockToleranceSeconds`. */
  readonly expiresAt: number;
}

/** A token in compact form to its claims. */
export type VerifyToken = (token: string) => Promise<VerifiedToken>;

export const clockToleranceSeconds = 5;
const users = idType('usr');
const serviceAccounts = idType('svc');
const sessions = idType('ses');
const words = z.array(z.string()).default([]);

const claimsSchema = z.object({
  sub: z.string(),
  sid: z.string(),
  jti: z.string().min(1),
  exp: z.number(),
  epoch: z.number().int().nonnegative(),
  role: z.union([z.string().transform((role) => [role]), z.array(z.string())]),
  scopes: words,
  /** RFC 8693, section 4.2: words separated by blanks. */
  scope: z.string().default(''),
  entitlements: words,
  offices: z
    .array(z.object({ role: z.string(), countryCode: z.string(), city: z.string().optional() }))
    .default([]),
  /** RFC 8693, section 4.1: who really acts, when a person is impersonated. */
  act: z.object({ sub: z.string(), sid: z.string(), epoch: z.number().int().nonnegative() }).optional(),
});

type Claims = z.output<typeof claimsSchema>;

/**
 * Verifies access tokens: RS256 only, known key, issuer, audience, times. Whether one was revoked is asked elsewhere.
 * Rejects with TokenRefused for what is not good, with RequestRefused 503 when the keys cannot be had.
 */
export function createVerifyToken({ keys, issuer, audience, clock }: VerifyDependencies): VerifyToken {
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      currentDate: clock.now(),
      requiredClaims: ['iat', 'exp'],
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw new TokenRefused('TOKEN_INVALID');
    return readClaims(claims.data);
  };
}

function readClaims(claims: Claims): VerifiedToken {
  const viewer = toViewer(claims);
  const { jti: tokenId, epoch, exp, act } = claims;
  const identity = sha256(JSON.stringify(viewer));
  return { viewer, identity, tokenId, epoch, ...(act && { actor: actorOf(act) }), expiresAt: exp * 1_000 };
}

/** Faults of the key set are ours, not the client's: they must not look like a bad token. */
function refusalOf(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return new TokenRefused('TOKEN_EXPIRED');
  const faultOfTheToken =
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys;
  if (faultOfTheToken) return new TokenRefused('TOKEN_INVALID');
  const refused = new RequestRefused({
    status: 503,
    code: 'UNAVAILABLE',
    message: 'Signing in cannot be checked right now.',
    headers: { 'retry-after': '5' },
  });
  return Object.assign(refused, { cause: error });
}

function keyOf(type: IdType, id: string): string {
  try {
    return type.decode(id);
  } catch {
    throw new TokenRefused('TOKEN_INVALID');
  }
}

const actorOf = ({ sub, sid, epoch }: NonNullable<Claims['act']>) => ({
  userId: keyOf(users, sub),
  sessionId: keyOf(sessions, sid),
  epoch,
});

/** The prefix of the id says whether a person or a service account is meant. */
function subjectOf(sub: string): Pick<Viewer, 'id' | 'kind'> {
  const service = serviceAccounts.find(sub);
  return service === null ? { id: keyOf(users, sub), kind: 'person' } : { id: service, kind: 'service' };
}

const toViewer = (claims: Claims): Viewer => ({
  ...subjectOf(claims.sub),
  ...(claims.act && { impersonatorId: keyOf(users, claims.act.sub) }),
  sessionId: keyOf(sessions, claims.sid),
  roles: claims.role,
  scopes: [...new Set([...claims.scopes, ...claims.scope.split(' ').filter(Boolean)])],
  entitlements: claims.entitlements,
  offices: claims.offices.map(({ city, ...office }) => (city === undefined ? office : { ...office, city })),
});

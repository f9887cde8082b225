import { AppError, idType, type Clock, type IdType, type Viewer } from '@diaspora/kit';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** Why a presented token is refused; `extensions.reason` of the 401 answer. */
export type RefusalReason = 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'SESSION_REVOKED' | 'SESSION_STALE';

export class TokenRefused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(messages[reason]);
    this.name = 'TokenRefused';
    this.reason = reason;
  }
}

const messages: Record<RefusalReason, string> = {
  TOKEN_EXPIRED: 'The access token has expired.',
  TOKEN_INVALID: 'The access token is not valid.',
  SESSION_REVOKED: 'The session has ended.',
  SESSION_STALE: 'The account has changed; refresh the session.',
};

export interface Revocations {
  check(token: {
    sessionId: string;
    tokenId: string;
    userId: string;
    epoch: number;
  }): Promise<'valid' | 'revoked' | 'stale'>;
}

export interface VerifyDependencies {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  readonly revocations: Revocations;
  readonly clock: Clock;
}

/** The value of an Authorization header to a viewer; null when there is none. */
export type VerifyToken = (authorization: string | undefined) => Promise<Viewer | null>;

const clockToleranceSeconds = 5;
const users = idType('usr');
const sessions = idType('ses');
const words = z.array(z.string()).default([]);

const claimsSchema = z.object({
  sub: z.string(),
  sid: z.string(),
  jti: z.string().min(1),
  epoch: z.number().int().nonnegative(),
  role: z.union([z.string().transform((role) => [role]), z.array(z.string())]),
  scopes: words,
  entitlements: words,
  offices: z
    .array(z.object({ role: z.string(), countryCode: z.string(), city: z.string().optional() }))
    .default([]),
});

/**
 * Verifies access tokens: RS256 only, known key, issuer, audience, times, then revocation and session epoch.
 * Throws TokenRefused for whatever is presented and not good, AppError UNAVAILABLE when the keys cannot be had.
 */
export function createVerifyToken(dependencies: VerifyDependencies): VerifyToken {
  return async (authorization) => {
    if (authorization === undefined || authorization.trim() === '') return null;
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*) *$/i.exec(authorization)?.[1];
    if (token === undefined) throw new TokenRefused('TOKEN_INVALID');
    const claims = await readClaims(token, dependencies);
    const userId = keyOf(users, claims.sub);
    const sessionId = keyOf(sessions, claims.sid);
    const verdict = await dependencies.revocations.check({
      sessionId,
      tokenId: claims.jti,
      userId,
      epoch: claims.epoch,
    });
    if (verdict === 'revoked') throw new TokenRefused('SESSION_REVOKED');
    if (verdict === 'stale') throw new TokenRefused('SESSION_STALE');
    return toViewer(userId, sessionId, claims);
  };
}

async function readClaims(token: string, { keys, issuer, audience, clock }: VerifyDependencies) {
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
  return claims.data;
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
  return Object.assign(new AppError('UNAVAILABLE', 'Signing in cannot be checked right now.'), {
    cause: error,
  });
}

function keyOf(type: IdType, id: string): string {
  try {
    return type.decode(id);
  } catch {
    throw new TokenRefused('TOKEN_INVALID');
  }
}

const toViewer = (id: string, sessionId: string, claims: z.output<typeof claimsSchema>): Viewer => ({
  id,
  sessionId,
  roles: claims.role,
  scopes: claims.scopes,
  entitlements: claims.entitlements,
  offices: claims.offices.map(({ city, ...office }) => (city === undefined ? office : { ...office, city })),
});

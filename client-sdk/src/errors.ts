import type { UserErrorCode, UserErrorPartsFragment } from './__generated__/operations.js';

/** An error as GraphQL answers it (https://spec.graphql.org/October2021/#sec-Errors). */
export interface ErrorEntry {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Where an error came from. */
export interface ErrorOrigin {
  /** Id of the request; the servers' logs know it. Undefined when no request was made. */
  readonly requestId?: string | undefined;
  /** How long the server asks to wait before another attempt, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** What every failed call of the client throws. Itself only for codes without a class of their own. */
export class ApiError extends Error {
  readonly code: string;
  /** Place in the answer, outermost first; empty when the whole request failed. */
  readonly path: readonly (string | number)[];
  readonly requestId: string | undefined;
  /** Why, within the code: TOKEN_EXPIRED, SESSION_REVOKED and the like. */
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(entry: ErrorEntry, origin: ErrorOrigin = {}) {
    super(entry.message, origin.cause === undefined ? undefined : { cause: origin.cause });
    this.name = new.target.name;
    this.extensions = entry.extensions ?? {};
    this.code = textOf(this.extensions['code']) ?? 'INTERNAL';
    this.reason = textOf(this.extensions['reason']);
    this.path = entry.path ?? [];
    this.requestId = origin.requestId;
    this.retryAfterMs = origin.retryAfterMs;
  }
}

/** Nobody is signed in, or the session has ended. */
export class UnauthenticatedError extends ApiError {}

/** The viewer may not do or see this. */
export class ForbiddenError extends ApiError {}

/** It does not exist, or the viewer may not know of it. */
export class NotFoundError extends ApiError {}

/** The input breaks a rule. */
export class InvalidInputError extends ApiError {}

/** The state changed meanwhile, or an idempotency key was used for something else. */
export class ConflictError extends ApiError {}

/** Too many calls; `retryAfterMs` says how long to wait when the server told. */
export class RateLimitedError extends ApiError {}

/** The network or a server is away. Safe queries were tried again before this was thrown. */
export class UnavailableError extends ApiError {}

/** A fault of the servers; report it with its `requestId`. */
export class InternalError extends ApiError {}

/** A failure a mutation reports in its payload's `userErrors`. It has changed nothing. */
export class UserInputError<Data = unknown> extends ApiError {
  /** The first one's code. */
  declare readonly code: UserErrorCode;
  readonly userErrors: readonly UserErrorPartsFragment[];
  /** The whole answer: after a CONFLICT its payload holds the current state. */
  readonly data: Data;

  constructor(
    failure: { field: string; userErrors: readonly UserErrorPartsFragment[]; data: Data },
    origin?: ErrorOrigin,
  ) {
    const [first] = failure.userErrors;
    const message = first?.message ?? 'The mutation was refused.';
    super({ message, path: [failure.field], extensions: { code: first?.code ?? 'INVALID_INPUT' } }, origin);
    this.userErrors = failure.userErrors;
    this.data = failure.data;
  }
}

const classes: Readonly<Record<string, typeof ApiError>> = {
  UNAUTHENTICATED: UnauthenticatedError,
  FORBIDDEN: ForbiddenError,
  NOT_FOUND: NotFoundError,
  INVALID_INPUT: InvalidInputError,
  BAD_USER_INPUT: InvalidInputError,
  CONFLICT: ConflictError,
  RATE_LIMITED: RateLimitedError,
  UNAVAILABLE: UnavailableError,
  INTERNAL: InternalError,
};

/** The typed error of an answered one; ApiError itself for a code without a class (GRAPHQL_VALIDATION_FAILED). */
export function errorOf(entry: ErrorEntry, origin?: ErrorOrigin): ApiError {
  const code = textOf(entry.extensions?.['code']) ?? 'INTERNAL';
  const known = Object.hasOwn(classes, code) ? classes[code]! : ApiError;
  return new known(entry, origin);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

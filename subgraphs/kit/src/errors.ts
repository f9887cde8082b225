/** The codes every subgraph shares. */
export const sharedErrorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'INVALID_INPUT',
  'CONFLICT',
  'RATE_LIMITED',
  'UNAVAILABLE',
] as const;

/** A slice may add its own, such as SOLD_OUT, in SCREAMING_CASE. */
export type ErrorCode = (typeof sharedErrorCodes)[number] | (string & {});

/**
 * The one error the domain throws. It knows nothing of GraphQL; `graphql/errors.ts` maps it to payload
 * `userErrors` or to `extensions.code`.
 *
 * `message` is shown to the client, so it never holds a secret or somebody else's data.
 * `details.path` names the input field at fault; `details.typename` picks a typed member of `UserError`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: AppErrorDetails;

  constructor(code: ErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

export interface AppErrorDetails {
  readonly path?: readonly string[];
  readonly typename?: string;
  /** Fields to answer beside the error, such as the current state after a stale update. */
  readonly payload?: object;
  /** Of RATE_LIMITED: when to come back. Told in `extensions`, as the router tells of its own limits. */
  readonly retryAfterSeconds?: number;
  readonly [key: string]: unknown;
}

import { AppError } from '../errors.js';

/** The payload form of an AppError; `__typename` picks the member of the `UserError` interface. */
export interface UserErrorModel {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly path?: readonly string[];
  readonly [field: string]: unknown;
}

/** These belong in top-level `errors`: they say something about the viewer or the service, not about the input. */
const topLevelCodes = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'UNAVAILABLE']);

/**
 * Wraps a mutation resolver: its result becomes the payload, an expected failure becomes `userErrors`.
 * The payload's other fields must be nullable.
 */
export function mutation<Input, Context, Result extends object>(
  run: (input: Input, context: Context) => Promise<Result>,
) {
  return async (
    _parent: unknown,
    args: { input: Input },
    context: Context,
  ): Promise<Result & { userErrors: UserErrorModel[] }> => {
    try {
      return { ...(await run(args.input, context)), userErrors: [] };
    } catch (error) {
      if (!(error instanceof AppError) || topLevelCodes.has(error.code)) throw error;
      return { ...error.details.payload, userErrors: [toUserError(error)] } as unknown as Result & {
        userErrors: UserErrorModel[];
      };
    }
  };
}

function toUserError(error: AppError): UserErrorModel {
  const { typename = 'BasicUserError', payload: _payload, ...details } = error.details;
  return { __typename: typename, code: error.code, message: error.message, ...details };
}

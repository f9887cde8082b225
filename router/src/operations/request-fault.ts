import type { GraphQLFormattedError } from 'graphql';

/** The request is well-formed HTTP and JSON, and its document, operation or variables cannot be executed. */
export class RequestFault extends Error {
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super(errors[0]?.message);
    this.name = 'RequestFault';
    this.errors = errors;
  }

  static of(code: string, message: string): RequestFault {
    return new RequestFault([{ message, extensions: { code } }]);
  }
}

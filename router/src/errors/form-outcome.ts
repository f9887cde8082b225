import type { GraphQLFormattedError } from 'graphql';
import type { ExecutionResult } from '../execution/executable.js';
import type { Fault } from './read-fault.js';

/** What a GraphQL request came to: the same for every transport. */
export interface Outcome {
  /** JSON text of the response, until it is sent. */
  body: string;
  /** The same in bytes, where several clients get it. */
  bytes?: Buffer;
  readonly isAscii: boolean;
  readonly status: number;
  /** See Fault. */
  readonly isInDocument: boolean;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Codes of the errors in the response. */
  readonly errorCodes: readonly string[];
}

/** For an answer that goes to several clients: its text is long and in many pieces, and is put together once. */
export function toBytes(outcome: Outcome): void {
  outcome.bytes = Buffer.from(outcome.body, outcome.isAscii ? 'latin1' : 'utf8');
}

const noCodes: readonly string[] = Object.freeze([]);

/** `errors` are masked already; errors come first in the text so that people see them (GraphQL specification, 7.1). */
export function formOutcome(
  { data, isAscii }: Pick<ExecutionResult, 'data' | 'isAscii'>,
  errors: readonly GraphQLFormattedError[],
  extensions?: object,
): Outcome {
  if (errors.length === 0 && extensions === undefined) {
    return { body: `{"data":${data}}`, isAscii, status: 200, isInDocument: false, errorCodes: noCodes };
  }
  const before = errors.length === 0 ? '' : `"errors":${JSON.stringify(errors)},`;
  const after = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`;
  const body = `{${before}"data":${data}${after}}`;
  return { body, isAscii: false, status: 200, isInDocument: false, errorCodes: codesOf(errors) };
}

export const formFault = ({ status, errors, headers, isInDocument }: Fault): Outcome => ({
  body: JSON.stringify({ errors }),
  isAscii: false,
  status,
  isInDocument,
  headers,
  errorCodes: codesOf(errors),
});

const codesOf = (errors: readonly GraphQLFormattedError[]): readonly string[] =>
  errors.map(({ extensions }) => {
    const code = extensions?.['code'];
    return typeof code === 'string' ? code : 'UNKNOWN';
  });

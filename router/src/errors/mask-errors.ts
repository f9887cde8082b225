import type { GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../context.js';
import { isPublic, maskError } from './mask.js';

/** The errors of an execution as the client may see them. Those that hide something are logged, once each. */
export function maskErrors(
  errors: readonly GraphQLFormattedError[],
  context: Pick<RequestContext, 'log' | 'requestId'>,
): readonly GraphQLFormattedError[] {
  if (errors.length === 0) return errors;
  const hidden = errors.filter((error) => !isPublic(error));
  logHidden(hidden, context);
  return errors.map((error) => maskError(error, context.requestId));
}

/** Of a message in the log: a subgraph may say anything, at any length. */
const longestLogged = 2_000;

/** A fault of a list repeats itself at each of its places: one line a message. */
function logHidden(
  hidden: readonly GraphQLFormattedError[],
  { log, requestId }: Pick<RequestContext, 'log' | 'requestId'>,
): void {
  const places = new Map<string, GraphQLFormattedError[]>();
  for (const error of hidden) {
    const known = places.get(error.message);
    if (known) known.push(error);
    else places.set(error.message, [error]);
  }
  for (const [message, errors] of places) {
    const { path, extensions } = errors[0]!;
    const { code: reported, serviceName: subgraph } = extensions ?? {};
    const count = errors.length;
    log.error(
      { err: { message: message.slice(0, longestLogged) }, path, subgraph, reported, count, requestId },
      'operation failed',
    );
  }
}

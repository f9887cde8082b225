import type { GraphQLFormattedError } from 'graphql';
import type { CloseReason } from './close-codes.js';

/** Where the results of one operation go, whatever the transport. */
export interface Sink {
  /** JSON text of one execution result. */
  next(result: string): void;
  /** The last call. */
  end(ending: Ending): void;
}

export type Ending =
  | { readonly kind: 'complete' }
  /** The operation has failed; its connection stands. */
  | { readonly kind: 'failed'; readonly errors: readonly GraphQLFormattedError[] }
  /** The whole connection has to end. */
  | { readonly kind: 'close'; readonly reason: CloseReason };

export const complete: Ending = { kind: 'complete' };

export const failed = (code: string, message: string): Ending => ({
  kind: 'failed',
  errors: [{ message, extensions: { code } }],
});

/** The subgraph was lost, and there is no cursor to go on from: what happened meanwhile is not known. */
export const interrupted = failed(
  'SUBSCRIPTION_INTERRUPTED',
  'The subscription was interrupted. Subscribe again.',
);

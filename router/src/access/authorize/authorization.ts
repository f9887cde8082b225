import type { Operation, Forbidden } from '../../operations/operation.js';
import type { Caller } from '../caller.js';

/** `filter`: forbidden fields are null with an error at each; `reject`: the whole request is refused, 401 or 403. */
export type AuthorizationMode = 'filter' | 'reject';

/** Which of these policies the caller meets. Called once a request, only for operations that name policies. */
export type DecidePolicies = (
  policies: ReadonlySet<string>,
  caller: Caller,
) => ReadonlySet<string> | Promise<ReadonlySet<string>>;

/** The part of an operation that says what is selected. */
export type Selected = Pick<Operation, 'definition' | 'fragments'>;

/** For one version of the supergraph. */
export interface Authorization {
  /**
   * Reads the requirements of an operation; once, when it enters the cache. Undefined when there are none, which
   * costs requests nothing.
   */
  requirementsOf(operation: Selected): Requirements | undefined;
}

export interface Requirements {
  /** Undefined: the caller may have everything. In `reject` mode throws RequestRefused instead of answering fields. */
  decide(caller: Caller): Forbidden | undefined | Promise<Forbidden | undefined>;
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Origin, Viewer } from './viewer.js';

/**
 * Who asked for what is going on, from where, under which request id. It follows the work through awaits and reaches
 * records of it (the audit trail, messages) without being handed from function to function. Nothing is decided by it:
 * who may do what is decided by arguments.
 */
export interface OperationScope {
  /** A request of a client, or a message of another service that was caused by one. */
  readonly cause: 'request' | 'message';
  readonly viewer: Viewer | null;
  readonly origin: Origin;
  readonly requestId: string;
}

const scopes = new AsyncLocalStorage<OperationScope>();

/** Runs `run`, and all it awaits, as part of an operation. */
export const inOperation = <Result>(scope: OperationScope, run: () => Result): Result =>
  scopes.run(scope, run);

/** The operation under way; undefined in background work. */
export const currentOperation = (): OperationScope | undefined => scopes.getStore();

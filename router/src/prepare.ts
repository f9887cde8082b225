import type { IncomingMessage } from 'node:http';
import type { Access } from './create-access.js';
import type { Executable } from './execution/executable.js';
import type { Params } from './http/read-params.js';
import type { Version } from './lifecycle/versions.js';
import type { Limits } from './limits/create-limits.js';
import type { Observed } from './observe/observer.js';
import type { Operation } from './operations/operation.js';

/** A request of a known caller to what can be executed; the same for every transport. */
export type Prepare = (
  params: Params,
  observed: Observed,
  options: {
    readonly version: Version;
    /** Of the request, or of the one that opened the connection: where it comes from. */
    readonly message: Pick<IncomingMessage, 'headers' | 'socket'>;
    /** Called once the operation is known. Throws RequestRefused for one that the transport does not serve. */
    readonly accept: (operation: Operation) => void;
  },
) => Promise<Prepared>;

export interface Prepared {
  readonly operation: Operation;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly executable: Executable;
  /** For the answer: what is left of the caller's limits. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Parts {
  readonly access: Pick<Access, 'chooseDocument'>;
  readonly limits: Limits;
}

/** Of a known caller: admitted, understood, permitted, charged for, and only then planned. */
export const createPrepare =
  ({ access, limits }: Parts): Prepare =>
  async (params, observed, { version, message, accept }) => {
    const { context } = observed;
    const charged = limits.admit(message, context.caller);
    let isCharged = false;
    try {
      const document = await access.chooseDocument(params, context.client);
      const operation = version.operations.find(document.text, params.operationName ?? undefined);
      observed.operation = operation;
      document.remember?.();
      accept(operation);
      const variables = operation.coerce(params.variables ?? undefined);
      const forbidden = await operation.requirements?.decide(context.caller);
      isCharged = true;
      const headers = await limits.spend(charged, { operation, variables, context });
      const executable = await operation.executable(variables, forbidden);
      observed.executable = executable;
      return { operation, variables, executable, headers };
    } catch (error) {
      if (!isCharged) limits.forfeit(charged, context);
      throw error;
    }
  };

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Kind, OperationTypeNode, print, type DocumentNode } from 'graphql';
import type { UserErrorPartsFragment } from './__generated__/operations.js';
import { UserInputError } from './errors.js';
import { withRetries, type RetryPolicy } from './retry.js';
import type { Session } from './session.js';
import type { Answer, Transport } from './transport.js';

export interface ExecuteOptions {
  /** `return` leaves a payload's userErrors in the answer instead of throwing UserInputError. */
  readonly userErrors?: 'throw' | 'return';
  readonly signal?: AbortSignal | undefined;
}

/** Variables may be left out when the operation requires none. */
export type Rest<Variables> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: ExecuteOptions]
    : [variables: Variables, options?: ExecuteOptions];

export type Execute = <Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  ...rest: Rest<Variables>
) => Promise<Data>;

interface Dependencies {
  readonly transport: Transport;
  readonly session: Session;
  readonly retry: RetryPolicy;
}

export const createExecute =
  ({ transport, session, retry }: Dependencies): Execute =>
  async <Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    ...[variables, { userErrors = 'throw', signal } = {}]: Rest<Variables>
  ): Promise<Data> => {
    const { isQuery, query, operationName } = describeOperation(document);
    const attempt = () =>
      session.authorized((accessToken) =>
        transport.send<Data>({ query, operationName, variables }, { accessToken, signal }),
      );
    const answer = await withRetries(attempt, isQuery ? retry : { ...retry, retries: 0 }, signal);
    return userErrors === 'throw' ? raiseUserErrors(answer) : answer.data;
  };

/**
 * Runs an operation once with the given access token, or as a visitor. Signing in goes without: a token that has
 * expired is refused even where none is needed.
 */
export const createExecuteAs =
  (transport: Transport) =>
  async <Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    accessToken?: string,
  ): Promise<Data> => {
    const { query, operationName } = describeOperation(document);
    return raiseUserErrors(await transport.send<Data>({ query, operationName, variables }, { accessToken }));
  };

interface OperationText {
  readonly query: string;
  readonly operationName: string | undefined;
  /** True for what may be repeated: it changes nothing. */
  readonly isQuery: boolean;
}

const described = new WeakMap<DocumentNode, OperationText>();

/** What a request says of a document's one operation. Printed once for each document. */
function describeOperation(document: DocumentNode): OperationText {
  const known = described.get(document);
  if (known) return known;
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('The document holds no operation.');
  const text = {
    query: print(document),
    operationName: operation.name?.value,
    isQuery: operation.operation === OperationTypeNode.QUERY,
  };
  described.set(document, text);
  return text;
}

/** The data, unless a payload reports failures: then UserInputError with all of them. */
function raiseUserErrors<Data>({ data, requestId }: Answer<Data>): Data {
  for (const [field, payload] of Object.entries(data as Record<string, unknown>)) {
    const { userErrors } = (payload ?? {}) as { userErrors?: UserErrorPartsFragment[] };
    if (Array.isArray(userErrors) && userErrors.length > 0) {
      throw new UserInputError({ field, userErrors, data }, { requestId });
    }
  }
  return data;
}

import type { GraphQLFormattedError } from 'graphql';

export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** No GraphQL answer came: the network, a proxy's 5xx, or bytes that are not JSON. */
export class SubgraphUnavailable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'SubgraphUnavailable';
  }
}

/** Reads a subgraph's answer. Its status says nothing when the body is GraphQL's. */
export async function readAnswer(response: Response): Promise<SubgraphAnswer> {
  const body = parseJson(await response.text());
  if (!isRecord(body)) throw new SubgraphUnavailable(`answered ${response.status} and no GraphQL`);
  const data = isRecord(body['data']) ? body['data'] : null;
  const errors = Array.isArray(body['errors']) ? body['errors'].filter(isRecord) : [];
  if (data === null && errors.length === 0 && !('data' in body)) {
    throw new SubgraphUnavailable(`answered ${response.status} and neither data nor errors`);
  }
  return errors.length === 0 ? { data } : { data, errors: errors.map(readError) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readError(error: Record<string, unknown>): GraphQLFormattedError {
  const extensions = isRecord(error['extensions']) ? error['extensions'] : {};
  const message = typeof error['message'] === 'string' ? error['message'] : 'no message';
  const path = Array.isArray(error['path']) ? (error['path'] as (string | number)[]) : undefined;
  // `http` would let a subgraph choose the status of our response.
  const { http: _http, ...rest } = extensions;
  return {
    message,
    ...(path && { path }),
    extensions: { ...rest, code: codeOf(extensions['code'], message, path) },
  };
}

/**
 * What a code means once it comes from a subgraph. We wrote that request: when it does not parse, names unknown
 * fields or carries a signature the subgraph refuses, that is our fault; a scalar the subgraph refuses is the client's.
 */
function codeOf(code: unknown, message: string, path: readonly unknown[] | undefined): unknown {
  if (code === 'GRAPHQL_VALIDATION_FAILED')
    return /^(Cannot query|Unknown) /.test(message) ? 'INTERNAL' : 'BAD_USER_INPUT';
  const aboutTheRequest = path === undefined && typeof code === 'string';
  if (aboutTheRequest && /^(UNAUTHENTICATED|BAD_REQUEST|GRAPHQL_|OPERATION_|PERSISTED_)/.test(code))
    return 'INTERNAL';
  return code;
}

import { errorOf, UnavailableError, type ApiError, type ErrorEntry } from './errors.js';
import { newKey } from './keys.js';

export interface GraphQLRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: unknown;
}

export interface Answer<Data> {
  readonly data: Data;
  readonly requestId: string;
}

export interface SendOptions {
  readonly accessToken?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type Transport = ReturnType<typeof createTransport>;

interface Dependencies {
  readonly url: string;
  readonly fetch: typeof fetch;
  /** Time one request may take, in milliseconds; an upload has five minutes. */
  readonly timeoutMs: number;
}

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly ErrorEntry[];
}

/** A large file on a slow line takes its time. */
const uploadTimeoutMs = 300_000;

/** One request to the GraphQL endpoint, over HTTP (https://graphql.github.io/graphql-over-http/draft/). */
export function createTransport({ url, fetch, timeoutMs }: Dependencies) {
  /** Answers the data, or throws the first error. UnavailableError when there is no answer. */
  async function send<Data>(request: GraphQLRequest, options: SendOptions = {}): Promise<Answer<Data>> {
    const { accessToken, signal } = options;
    const sentId = newKey();
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: {
          accept: 'application/graphql-response+json, application/json;q=0.9',
          'content-type': 'application/json',
          'x-request-id': sentId,
          ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
        },
        body: JSON.stringify(request),
        signal: withDeadline(timeoutMs, signal),
      });
      text = await response.text();
    } catch (cause) {
      throw noAnswer(cause, signal, sentId);
    }
    const requestId = response.headers.get('x-request-id') ?? sentId;
    const { data, errors } = parse(text) ?? {};
    const origin = { requestId, retryAfterMs: retryAfterOf(response) };
    if (errors?.[0]) throw errorOf(errors[0], origin);
    // Not GraphQL: a proxy's page, or nothing.
    if (data === undefined || data === null || !response.ok) throw errorOf(faultOf(response.status), origin);
    return { data: data as Data, requestId };
  }

  /** Posts a form, such as a file to the object store. Throws as `send` does. */
  async function postForm(target: string, form: FormData, signal?: AbortSignal): Promise<void> {
    let response: Response;
    try {
      response = await fetch(target, {
        method: 'POST',
        body: form,
        signal: withDeadline(uploadTimeoutMs, signal),
      });
      await response.arrayBuffer();
    } catch (cause) {
      throw noAnswer(cause, signal);
    }
    if (!response.ok) throw errorOf(faultOf(response.status));
  }

  return { send, postForm };
}

const withDeadline = (timeoutMs: number, signal?: AbortSignal): AbortSignal => {
  const deadline = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, deadline]) : deadline;
};

/** What the caller aborted stays the caller's; every other failure to get an answer is the network's. */
function noAnswer(cause: unknown, signal?: AbortSignal, requestId?: string): ApiError {
  if (signal?.aborted) throw signal.reason;
  const entry = { message: 'No answer came.', extensions: { code: 'UNAVAILABLE' } };
  return new UnavailableError(entry, { requestId, cause });
}

function parse(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

const codes: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  429: 'RATE_LIMITED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

const faultOf = (status: number): ErrorEntry => {
  const code = codes[status] ?? (status >= 400 && status < 500 ? 'INVALID_INPUT' : 'INTERNAL');
  return { message: `The server answered with status ${status}.`, extensions: { code } };
};

/** Of the two forms of Retry-After (RFC 9110, section 10.2.3) the one in seconds. */
function retryAfterOf(response: Response): number | undefined {
  const header = response.headers.get('retry-after') ?? '';
  return /^\d+$/.test(header) ? Number(header) * 1000 : undefined;
}

import { isIP } from 'node:net';
import { AppError, createSafeFetch, isNamedHost, isPublicAddress } from '@diaspora/kit';

export type Targets = ReturnType<typeof createTargets>;

export interface TargetAnswer {
  readonly status: number;
  /** The beginning of what it said. */
  readonly text: string;
  /** Seconds that it asks us to wait; null where it does not. */
  readonly retryAfterSeconds: number | null;
}

/** A request that may have arrived, although nobody answered. */
export class TargetSilent extends Error {}
/** A request that certainly did not. */
export class TargetUnreachable extends Error {}

const maxTextLength = 2_000;
const mostRedirects = 3;
const usualTimeoutMs = 30_000;

/** Failures before anything was said: undici's and those of sockets. */
const beforeRequest = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);

export interface TargetRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /**
   * Whether it may send us on to somewhere else; an allowed host is one that may not. We go on only where the request
   * stays what it is (307, 308): all other answers are answers.
   */
  readonly redirect: 'follow' | 'error';
  /** For all of it. */
  readonly timeoutMs?: number;
}

/**
 * Requests to addresses that people name. They go to the internet by HTTPS and nowhere else, whatever a name resolves to
 * and wherever they are redirected: each connection looks at the address it is made to. `innerHosts` are those of the own
 * network that are reached all the same; `isOpen` is for tests.
 */
export function createTargets({
  isOpen,
  innerHosts = [],
}: {
  readonly isOpen: boolean;
  readonly innerHosts?: readonly string[];
}) {
  const fetch = createSafeFetch({ isOpen, innerHosts });

  /** Throws INVALID_INPUT at once for what would be refused anyway. */
  function assertAllowed(address: string, path: readonly string[]): void {
    const { protocol, hostname, username } = new URL(address);
    const host = hostname.replace(/^\[|\]$/g, '');
    const isInner = isIP(host) !== 0 && !isPublicAddress(host);
    const isLetIn = isOpen || isNamedHost(address, innerHosts);
    if (username !== '' || (!isLetIn && (protocol !== 'https:' || isInner)))
      throw new AppError('INVALID_INPUT', 'Name an address on the internet that takes HTTPS.', { path });
  }

  /** Throws TargetUnreachable or TargetSilent. */
  async function post(address: string, { timeoutMs = usualTimeoutMs, ...request }: TargetRequest) {
    try {
      return await send(address, { ...request, signal: AbortSignal.timeout(timeoutMs) }, mostRedirects);
    } catch (error) {
      throw failureOf(error);
    }
  }

  async function send(
    address: string,
    request: Omit<TargetRequest, 'timeoutMs'> & { readonly signal: AbortSignal },
    redirectsLeft: number,
  ): Promise<TargetAnswer> {
    const redirect = request.redirect === 'follow' ? 'manual' : 'error';
    const response = await fetch(address, { method: 'POST', ...request, redirect });
    const next = response.headers.get('location');
    if (request.redirect === 'follow' && next !== null && [307, 308].includes(response.status)) {
      await response.body?.cancel();
      if (redirectsLeft === 0) throw new TargetUnreachable('TOO_MANY_REDIRECTS');
      return send(new URL(next, address).href, request, redirectsLeft - 1);
    }
    const retryAfterSeconds = secondsOf(response.headers.get('retry-after'));
    return { status: response.status, text: await beginningOf(response), retryAfterSeconds };
  }

  return { assertAllowed, post };
}

/** Of `Retry-After`: a number of seconds, or a time. */
function secondsOf(value: string | null): number | null {
  const seconds = Number(value ?? Number.NaN);
  const wait = Number.isFinite(seconds) ? seconds : (Date.parse(value ?? '') - Date.now()) / 1_000;
  return Number.isFinite(wait) ? Math.max(0, Math.ceil(wait)) : null;
}

/** Who answered has answered, however the rest of it ends. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length >= maxTextLength) break;
    }
  } catch {
    // The status is known.
  }
  return text.slice(0, maxTextLength);
}

/** Without the address: whoever has that of a chat can write there. */
function failureOf(error: unknown): Error {
  if (error instanceof TargetUnreachable) return error;
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const { code = '', message = '' } = cause ?? {};
  if (message.endsWith('is not an address on the internet')) return new TargetUnreachable('REFUSED_ADDRESS');
  if (message === 'unexpected redirect') return new TargetUnreachable('REDIRECTED');
  if ((error as Error).name === 'TimeoutError') return new TargetSilent('TIMEOUT');
  return beforeRequest.has(code) ? new TargetUnreachable(code) : new TargetSilent(code || 'NO_ANSWER');
}

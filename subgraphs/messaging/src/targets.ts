import { isIP } from 'node:net';
import { AppError, createSafeFetch, isPublicAddress } from '@diaspora/kit';

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

/** Failures before anything was said: undici's and those of sockets. */
const beforeRequest = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);

/**
 * Requests to addresses that people name. They go to the internet by HTTPS and nowhere else, whatever a name resolves to
 * and wherever they are redirected: each connection looks at the address it is made to. `isOpen` is for tests and own
 * networks.
 */
export function createTargets({ isOpen }: { readonly isOpen: boolean }) {
  const fetch = createSafeFetch({ isOpen });

  /** Throws INVALID_INPUT at once for what would be refused anyway. */
  function assertAllowed(address: string, path: readonly string[]): void {
    const { protocol, hostname, username } = new URL(address);
    const host = hostname.replace(/^\[|\]$/g, '');
    const isInner = isIP(host) !== 0 && !isPublicAddress(host);
    if (username !== '' || (!isOpen && (protocol !== 'https:' || isInner)))
      throw new AppError('INVALID_INPUT', 'Name an address on the internet that takes HTTPS.', { path });
  }

  /** Throws TargetUnreachable or TargetSilent. */
  async function post(
    address: string,
    request: {
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
      /** Whether it may send us on to somewhere else; an allowed host is one that may not. */
      readonly redirect: 'follow' | 'error';
    },
  ): Promise<TargetAnswer> {
    try {
      const response = await fetch(address, { method: 'POST', ...request });
      const text = (await response.text()).slice(0, maxTextLength);
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      return { status: response.status, text, retryAfterSeconds: Number.isFinite(seconds) ? seconds : null };
    } catch (error) {
      throw failureOf(error);
    }
  }

  return { assertAllowed, post };
}

/** Without the address: whoever has that of a chat can write there. */
function failureOf(error: unknown): Error {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const { code = '', message = '' } = cause ?? {};
  if (message.endsWith('is not an address on the internet')) return new TargetUnreachable('REFUSED_ADDRESS');
  if (message === 'unexpected redirect') return new TargetUnreachable('REDIRECTED');
  return beforeRequest.has(code) ? new TargetUnreachable(code) : new TargetSilent(code || 'NO_ANSWER');
}

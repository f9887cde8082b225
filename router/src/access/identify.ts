import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from '@diaspora/kit/core';
import type { ApiKeys } from './api-keys.js';
import { anonymous, type Caller } from './caller.js';
import { RequestRefused } from './refused.js';
import type { TokenCaller } from './token-caller.js';
import { TokenRefused } from './token-refused.js';

/**
 * Headers (names in lower case) to the caller. `identity` is what requests without a credential share answers by: that
 * of the forwarded headers, `anonymous` without any. Rejects (or throws) RequestRefused: 401 for a credential that is
 * not good, 503 when that cannot be told.
 */
export type Identify = (
  headers: Readonly<IncomingHttpHeaders>,
  identity?: string,
) => Caller | Promise<Caller>;

export interface IdentifyDependencies {
  /** Without it Authorization is not looked at. */
  readonly tokenCaller?: TokenCaller | undefined;
  /** Without them X-API-Key, and `Authorization: ApiKey`, are not looked at. */
  readonly apiKeys?: Pick<ApiKeys, 'callerOf'> | undefined;
  readonly log: Logger;
}

/** A key may also come in the header that tokens come in. */
const apiKeyScheme = /^ApiKey +(\S+) *$/i;

/** Who asks: by access token, by API key, or nobody in particular. A bad credential is never taken for none. */
export function createIdentify({ tokenCaller, apiKeys, log }: IdentifyDependencies): Identify {
  const nobody = anonymous();
  return (headers, identity = 'anonymous') => {
    const sent = textOf(headers['authorization']);
    const inScheme = apiKeys && sent !== undefined ? apiKeyScheme.exec(sent)?.[1] : undefined;
    const authorization = tokenCaller && inScheme === undefined ? sent : undefined;
    const header = apiKeys && textOf(headers['x-api-key']);
    if (header !== undefined && inScheme !== undefined) throw new TokenRefused('TWO_CREDENTIALS');
    const key = header ?? inScheme;
    if (authorization !== undefined && key !== undefined) throw new TokenRefused('TWO_CREDENTIALS');
    if (key !== undefined) return apiKeys!.callerOf(key, identity);
    if (authorization === undefined) return identity === 'anonymous' ? nobody : anonymous(identity);
    return tokenCaller!(authorization, identity).catch((error: unknown) => {
      if (error instanceof RequestRefused && error.status === 503) {
        log.error({ err: error.cause }, 'access tokens cannot be verified');
      }
      throw error;
    });
  };
}

/** A header that is sent more than once is no credential, and no reason to take the sender for somebody else. */
function textOf(value: string | string[] | undefined): string | undefined {
  if (Array.isArray(value)) return value.join(', ');
  return value === undefined || value.trim() === '' ? undefined : value;
}

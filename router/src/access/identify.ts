import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from './caller.js';

/**
 * Headers (names in lower case) to the caller. `identity` is what requests without a credential share answers by: that
 * of the forwarded headers, `anonymous` without any. Rejects with RequestRefused for a credential that is not good,
 * AppError UNAVAILABLE when that cannot be told.
 */
export type Identify = (
  headers: Readonly<IncomingHttpHeaders>,
  identity?: string,
) => Caller | Promise<Caller>;

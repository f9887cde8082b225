import type { RequestContext } from '../../context.js';

/** What the fetches of one client request have in common: header lines, and when they were signed. */
export interface ClientRequest {
  lines: string;
  signedAt: number;
}

/** Kept with the context, and made with its first fetch. */
export function createClientRequests(): (context: RequestContext) => ClientRequest {
  const known = new WeakMap<RequestContext, ClientRequest>();
  return (context) => {
    let clientRequest = known.get(context);
    if (clientRequest === undefined) {
      clientRequest = { lines: '', signedAt: -Infinity };
      known.set(context, clientRequest);
    }
    return clientRequest;
  };
}

import { randomUUID } from 'node:crypto';

/** A caller's request id is kept when it is harmless in logs and headers; otherwise the router makes one. */
export const chooseRequestId = (given: string | undefined): string =>
  given !== undefined && /^[\w.-]{8,128}$/.test(given) ? given : randomUUID();

import type { IncomingHttpHeaders } from 'node:http';

const names = [
  'authorization',
  'x-api-key',
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-client-name',
  'graphql-client-version',
] as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Headers as `identify` reads them, of a graphql-ws connection. Browsers cannot set headers of a WebSocket: what
 * `connection_init` carries, itself or in `headers`, in any case of letters, goes before those of the upgrade request.
 */
export function connectionHeaders(
  params: unknown,
  upgrade: Readonly<IncomingHttpHeaders> = {},
): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = { ...upgrade };
  if (!isRecord(params)) return headers;
  const sources = [params, ...(isRecord(params['headers']) ? [params['headers']] : [])];
  for (const [name, value] of sources.flatMap((source) => Object.entries(source))) {
    const known = names.find((candidate) => candidate === name.toLowerCase());
    if (known !== undefined && typeof value === 'string') headers[known] = value;
  }
  return headers;
}

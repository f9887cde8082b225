import { RequestRefused } from '../refused.js';

const refusal = (status: number, code: string, message: string, headers?: Record<string, string>) => () =>
  new RequestRefused({ status, code, message, ...(headers && { headers }) });

// Clients take these two for a part of the protocol, not for a failure, when the status is 200; nobody may cache them.
const neverCached = { 'cache-control': 'private, no-cache, must-revalidate' };

/** Why a request has no document. Codes and statuses are those that Apollo's clients and routers use. */
export const refusals = {
  automaticNotFound: refusal(200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', neverCached),
  automaticNotSupported: refusal(
    200,
    'PERSISTED_QUERY_NOT_SUPPORTED',
    'PersistedQueryNotSupported',
    neverCached,
  ),
  hashMismatch: refusal(400, 'BAD_REQUEST', 'provided sha does not match query'),
  unknownVersion: refusal(400, 'BAD_REQUEST', 'Unsupported persisted query version'),
  badId: refusal(400, 'BAD_REQUEST', 'The id of a persisted document must be a string.'),
  noDocument: refusal(
    400,
    'BAD_REQUEST',
    'The request has neither a query nor the id of a persisted document.',
  ),
  idNotInList: refusal(
    404,
    'PERSISTED_QUERY_NOT_IN_LIST',
    'No persisted document of this client has this id.',
  ),
  idRequired: refusal(
    400,
    'PERSISTED_QUERY_ID_REQUIRED',
    'This client sends ids of persisted documents, not queries.',
  ),
  notInSafelist: refusal(
    403,
    'QUERY_NOT_IN_SAFELIST',
    'The query is none of the persisted documents of this client.',
  ),
} as const;

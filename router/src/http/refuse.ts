import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../access/refused.js';
import type { Operation } from '../operations/operation.js';

/** Throws RequestRefused for a method that GraphQL is not served by. */
export function refuseMethod({ method }: IncomingMessage): void {
  if (method === 'GET' || method === 'POST') return;
  throw refused(405, 'GraphQL is served by GET and POST.', { allow: 'GET, POST' });
}

/** Throws RequestRefused for an operation that this method, or this form of answer, does not serve. */
export function refuseKind({ kind }: Operation, { method }: IncomingMessage, isStreamed: boolean): void {
  if (kind === 'mutation' && method === 'GET') {
    throw refused(405, 'Only queries are served by GET.', { allow: 'POST' });
  }
  if (kind === 'subscription' && !isStreamed) {
    throw refused(400, 'Subscriptions want a WebSocket, or an answer that may be a stream.');
  }
}

/** The client takes none of the forms we have. */
export const notAcceptable = () =>
  refused(406, 'The answer would be application/graphql-response+json or application/json.');

const refused = (status: number, message: string, headers: Record<string, string> = {}) =>
  new RequestRefused({ status, code: 'BAD_REQUEST', message, headers });

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isS3Error, s3Error } from './errors.js';
import type { OpenObject } from './storage.js';
import { toXml } from './xml.js';

/** How much of a refused upload is read, so that the client gets to see why it was refused. */
const maxDrainedBytes = 64 * 2 ** 20;

export type Answer = {
  status: number;
  headers?: OutgoingHttpHeaders;
  xml?: string;
  /** The part of an object to send; the file is closed afterwards. */
  content?: { from: OpenObject; start: number; length: number };
};

export async function send(
  message: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const { content, xml } = answer;
  const body = content ? undefined : Buffer.from(xml ?? '');
  const isBodyless = message.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  if (body && !isBodyless) response.setHeader('content-length', body.length);
  if (xml) response.setHeader('content-type', 'application/xml');
  if (content && message.method !== 'HEAD' && content.length > 0) {
    const { start, length } = content;
    response.writeHead(answer.status, { ...answer.headers, 'content-length': length });
    await pipeline(content.from.file.createReadStream({ start, end: start + length - 1 }), response);
    return;
  }
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(content && { 'content-length': content.length }),
  });
  response.end(isBodyless ? undefined : body);
  await content?.from.file.close();
}

/** The XML error S3 clients understand. What is not an S3 error is masked. */
export async function sendError(
  message: IncomingMessage,
  response: ServerResponse,
  cause: unknown,
): Promise<void> {
  const error = isS3Error(cause) ? cause : s3Error('InternalError', 'We encountered an internal error.');
  const isDrained = await drain(message);
  if (!isDrained) response.setHeader('connection', 'close');
  const requestId = String(response.getHeader('x-amz-request-id'));
  const xml = toXml([
    'Error',
    [
      ['Code', error.code],
      ['Message', error.message],
      ['RequestId', requestId],
    ],
  ]);
  await send(message, response, { status: error.status, headers: error.headers, xml });
}

async function drain(message: IncomingMessage): Promise<boolean> {
  if (message.readableEnded) return true;
  let size = 0;
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > maxDrainedBytes) return false;
    }
    return true;
  } catch {
    // The client is gone; there is nobody left to answer.
    return false;
  }
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Answer } from './answer.js';
import { send, sendError } from './answer.js';
import { createBucket, headBucket, listObjects } from './buckets.js';
import { createCors } from './cors.js';
import { isS3Error, s3Error } from './errors.js';
import { answerMultipart, isMultipart } from './multipart.js';
import { deleteObject, putObject, readObject } from './objects.js';
import type { PartedUploads } from './parted-uploads.js';
import { postObject } from './post-object.js';
import type { S3Request } from './request.js';
import { header, parseRequest } from './request.js';
import type { Verifier } from './signature.js';
import type { Storage } from './storage.js';

export type ServerDependencies = {
  storage: Storage;
  uploads: PartedUploads;
  verifier: Verifier;
  clock: () => Date;
  corsOrigins: readonly string[];
  onError: (error: unknown) => void;
};

/** Query parameters of the operations that are supported. Another one asks for something else of the resource. */
const knownParameters =
  /^(x-amz-.*|x-id|response-.*|list-type|prefix|delimiter|max-keys|continuation-token|start-after|encoding-type)$/i;
const multipartParameters = /^(uploads|uploadId|partNumber)$/;

export function createObjectServer(dependencies: ServerDependencies): Server {
  const cors = createCors(dependencies.corsOrigins);

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-amz-request-id', randomUUID());
    cors.addHeaders(message, response);
    try {
      const isPreflight = message.method === 'OPTIONS';
      const answer = isPreflight ? cors.answerPreflight(message) : await route(dependencies, message);
      await send(message, response, answer);
    } catch (error) {
      const isGone = message.socket.destroyed || (message.destroyed && !message.complete);
      if (!isS3Error(error) && !isGone) dependencies.onError(error);
      if (response.headersSent || isGone) response.destroy();
      else await sendError(message, response, error);
    }
  }

  return createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      dependencies.onError(error);
      response.destroy();
    });
  });
}

async function route(dependencies: ServerDependencies, message: IncomingMessage): Promise<Answer> {
  const request = parseRequest(message);
  const isForm = /^multipart\/form-data/i.test(header(request, 'content-type') ?? '');
  if (request.method === 'POST' && request.key === '' && isForm) return postObject(dependencies, request);
  const signature = dependencies.verifier.verifyRequest(request);
  refuseUnknown(request);
  const { storage, uploads } = dependencies;
  if (isMultipart(request)) return answerMultipart(uploads, request, signature);
  const isBucket = request.key === '';
  switch (request.method) {
    case 'PUT':
      return isBucket ? createBucket(storage, request) : putObject(storage, request, signature);
    case 'HEAD':
      return isBucket ? headBucket(storage, request) : readObject(storage, request);
    case 'GET':
      return isBucket ? listObjects(storage, request) : readObject(storage, request);
    case 'DELETE':
      if (!isBucket) return deleteObject(storage, request);
  }
  throw s3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.');
}

function refuseUnknown(request: S3Request): void {
  const { query, message } = request;
  const isKnown = (name: string) =>
    knownParameters.test(name) || (isMultipart(request) && multipartParameters.test(name));
  const unknown = [...query.keys()].find((name) => !isKnown(name));
  if (unknown !== undefined) throw s3Error('NotImplemented', `The parameter ${unknown} is not supported.`);
  const condition = Object.keys(message.headers).find((name) => name.startsWith('x-amz-copy-source-'));
  if (condition !== undefined) throw s3Error('NotImplemented', `The header ${condition} is not supported.`);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RouterConfig } from '../config.js';
import { respond, type Answer } from './respond.js';

type Encoding = Exclude<RouterConfig['COMPRESSION'], 'none'>;

/** Below this an answer fits into one packet, compressed or not. */
const leastBytes = 1_024;

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);

/** Fast rather than small: the router's processor is dearer than the line to most clients. */
const compressors: Readonly<Record<Encoding, (body: string | Buffer) => Promise<Buffer>>> = {
  gzip: (body) => toGzip(body, { level: 1 }),
  br: (body) => toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
};

export type Respond = (request: IncomingMessage, response: ServerResponse, answer: Answer) => void;

/** Writes answers, those that are large enough compressed where that is configured and the client takes it. */
export function createRespond(compression: RouterConfig['COMPRESSION']): Respond {
  if (compression === 'none') return (_request, response, answer) => respond(response, answer);
  const accepts = new RegExp(`(^|[,\\s])${compression}\\s*(,|$|;(?!\\s*q=0(\\.0*)?\\s*(,|$)))`, 'i');
  return (request, response, answer) => {
    const headers = [...answer.headers, 'vary', 'Accept-Encoding'];
    const accepted = request.headers['accept-encoding'];
    if (answer.body.length < leastBytes || typeof accepted !== 'string' || !accepts.test(accepted)) {
      return respond(response, { ...answer, headers });
    }
    const { status, contentType } = answer;
    compressors[compression](answer.body).then(
      (bytes) => {
        if (response.headersSent || response.destroyed) return;
        const length = String(bytes.length);
        const own = ['content-encoding', compression, 'content-type', contentType, 'content-length', length];
        response.writeHead(status, [...headers, ...own]).end(bytes);
      },
      () => respond(response, { ...answer, headers }),
    );
  };
}

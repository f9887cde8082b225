import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { s3Error } from './errors.js';

/** S3 allows 20 kB of form before the file. */
const maxFieldBytes = 20 * 1024;

export type UploadForm = {
  /** The fields before the file, names in lower case. */
  fields: Map<string, string>;
  file: AsyncIterable<Buffer>;
  filename: string;
  /** Stops parsing, so that the rest of the request can be drained. */
  abandon(): void;
};

/** Reads a multipart form up to its file part, whose bytes then stream. Fields after the file are ignored. */
export function readForm(message: IncomingMessage): Promise<UploadForm> {
  return new Promise((resolve, reject) => {
    const parser = createParser(message);
    const fields = createFields();
    const abandon = () => {
      message.unpipe(parser);
      parser.destroy();
    };
    const fail = (error: Error) => {
      abandon();
      reject(error);
    };
    parser.on('field', (name, value, info) => {
      const error = fields.add(name, value, info.valueTruncated || info.nameTruncated);
      if (error) fail(error);
    });
    parser.on('file', (name, file, info) => {
      // Iterating reports the error; without a listener an early one would end the process.
      file.on('error', () => undefined);
      if (name !== 'file')
        return fail(s3Error('InvalidArgument', `The file part is named ${name}, not file.`));
      fields.close();
      resolve({ fields: fields.values, file: fileBytes(file), filename: info.filename ?? '', abandon });
    });
    parser.on('error', () =>
      fail(s3Error('MalformedPOSTRequest', 'The body is not well-formed multipart/form-data.')),
    );
    parser.on('fieldsLimit', () => fail(tooLong()));
    parser.on('close', () =>
      reject(s3Error('InvalidArgument', 'POST requires exactly one file upload per request.')),
    );
    message.once('close', () => {
      if (!message.complete) parser.destroy(new Error('The client broke off'));
    });
    message.pipe(parser);
  });
}

function createParser(message: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: message.headers,
      defParamCharset: 'utf8',
      limits: { fieldNameSize: 1024, fieldSize: maxFieldBytes, fields: 100, files: 1, headerPairs: 50 },
    });
  } catch {
    throw s3Error('MalformedPOSTRequest', 'The content type is not multipart/form-data with a boundary.');
  }
}

function createFields() {
  const values = new Map<string, string>();
  let bytes = 0;
  let isOpen = true;

  function add(name: string, value: string, isTruncated: boolean): Error | undefined {
    if (!isOpen) return undefined;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (isTruncated || bytes > maxFieldBytes) return tooLong();
    const lowerName = name.toLowerCase();
    // Which of two values was signed for, and which is used, must never be a question.
    if (values.has(lowerName)) return s3Error('InvalidArgument', `The field ${name} appears twice.`);
    values.set(lowerName, value);
    return undefined;
  }

  return { values, add, close: () => void (isOpen = false) };
}

async function* fileBytes(file: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of file) yield chunk as Buffer;
  } catch {
    throw s3Error('IncompleteBody', 'The form ended inside its file part.');
  }
}

function tooLong() {
  return s3Error('MaxPostPreDataLengthExceeded', 'The fields before the file are too long.');
}

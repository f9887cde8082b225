import { brotliDecompress, gunzip } from 'node:zlib';

type Decompress = (bytes: Buffer, done: (content: Buffer | undefined) => void) => void;

/**
 * How to undo a content coding, off the event loop's thread; undefined for codings we do not know. Answers nothing for
 * damaged bytes and for content of more than `maxBytes`, of which no more than that is ever held.
 */
export function decompressorOf(coding: string, maxBytes: number): Decompress | undefined {
  const options = { maxOutputLength: maxBytes };
  switch (coding.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return (bytes, done) => gunzip(bytes, options, (error, content) => done(error ? undefined : content));
    case 'br':
      return (bytes, done) =>
        brotliDecompress(bytes, options, (error, content) => done(error ? undefined : content));
    default:
      return undefined;
  }
}

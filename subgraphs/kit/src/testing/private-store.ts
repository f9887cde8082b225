import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { PrivateStore } from '../storage/index.js';

/** A private store in memory. Its links lead nowhere and say what was asked for. */
export function createMemoryPrivateStore() {
  const objects = new Map<string, { bytes: Uint8Array; contentType: string }>();
  const bytesOf = async (body: Uint8Array | Readable) =>
    new Uint8Array(body instanceof Uint8Array ? body : await buffer(body));
  const keysUnder = (prefix: string) => {
    if (!/[^/]\/$/.test(prefix)) throw new Error('A folder of the private store ends with a slash');
    return [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  };
  const store: PrivateStore = {
    put: async (key, { body, contentType }) =>
      void objects.set(key, { bytes: await bytesOf(body), contentType }),
    presignUpload: async ({ key, contentType, sizeBytes }) => ({
      url: 'https://private.example/',
      fields: { key, 'Content-Type': contentType, sizeBytes: String(sizeBytes) },
    }),
    presignDownload: async ({ key, seconds, fileName }) =>
      `https://private.example/${key}?seconds=${seconds}&fileName=${encodeURIComponent(fileName)}`,
    read: async (key, maxBytes) => {
      const bytes = objects.get(key)?.bytes;
      return bytes ? { bytes: bytes.slice(0, maxBytes), sizeBytes: bytes.length } : null;
    },
    open: async (key) => {
      const object = objects.get(key);
      return object ? Readable.from([Buffer.from(object.bytes)]) : null;
    },
    list: async function* (prefix) {
      yield* keysUnder(prefix);
    },
    remove: async (key) => void objects.delete(key),
    removeFolder: async (prefix) => {
      const keys = keysUnder(prefix);
      for (const key of keys) objects.delete(key);
      return keys.length;
    },
  };
  return { ...store, objects };
}

/** Settings of a private store for services that are started by their configuration; nothing is behind them. */
export const privateStoreEnvironment = {
  S3_ENDPOINT: 'http://127.0.0.1:9',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
  S3_PRIVATE_BUCKET: 'private',
};

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { UploadStore } from '../uploads.js';

/** A store of the files of a folder, for processes that have no memory in common. Nobody posts to it. */
export const folderStore = (folder: string): UploadStore => ({
  presignUpload: () => Promise.reject(new Error('nobody posts to a folder')),
  read: async (key) => {
    const bytes = await readFile(path.join(folder, path.basename(key))).catch(() => null);
    return bytes && { bytes, sizeBytes: bytes.length };
  },
  remove: () => Promise.resolve(),
});

/** A file of so many customers; the address of each hundredth is none. */
export const fileOf = (count: number, faultyEach = Number.POSITIVE_INFINITY): string =>
  [
    'name,email,city,tags',
    ...Array.from({ length: count }, (_, index) => {
      const email = (index + 1) % faultyEach === 0 ? 'nonsense' : `m${index}@example.org`;
      return `Customer ${index},${email},City ${index % 50},imported;tag ${index % 9}`;
    }),
  ].join('\r\n');

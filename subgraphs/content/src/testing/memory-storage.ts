import type { Clock, ObjectStore, UploadForm } from '@diaspora/kit';

/** An object store in memory that keeps a form's promises: its key, type and size, until its time is over. */
export function createMemoryStorage(clock: Clock) {
  const objects = new Map<string, { bytes: Uint8Array; contentType: string }>();
  const calls: string[] = [];
  const storage: ObjectStore = {
    presignUpload: async ({ key, contentType, sizeBytes, seconds }) => ({
      url: 'https://store.example/media',
      fields: {
        key,
        'Content-Type': contentType,
        size: String(sizeBytes),
        until: String(clock.now().getTime() + seconds * 1_000),
      },
    }),
    presignDownload: async ({ key, seconds }) => `https://store.example/media/${key}?expires=${seconds}`,
    read: async (key, maxBytes) => {
      calls.push(`read ${key}`);
      const bytes = objects.get(key)?.bytes;
      return bytes ? { bytes: bytes.slice(0, maxBytes), sizeBytes: bytes.length } : null;
    },
    putOnce: async (key, content) => {
      calls.push(`put ${key}`);
      if (!objects.has(key)) objects.set(key, content);
    },
    remove: async (key) => {
      objects.delete(key);
    },
  };

  /** Posts a file with a form, as a browser would. Answers the status of the store. */
  function post({ fields }: Pick<UploadForm, 'fields'>, bytes: Uint8Array): number {
    if (clock.now().getTime() > Number(fields['until'])) return 403;
    if (bytes.length !== Number(fields['size'])) return 400;
    objects.set(fields['key']!, { bytes, contentType: fields['Content-Type']! });
    return 204;
  }

  return { ...storage, post, objects, calls };
}

import { createTtlMap, type Clock, type ObjectStore } from '@diaspora/kit';

interface Dependencies {
  readonly clock: Clock;
  readonly storage: Pick<ObjectStore, 'presignDownload'>;
  /** How long a URL works. */
  readonly seconds: number;
}

const mostKept = 10_000;

/**
 * Signed URLs by key, each given out during the first half of its life: a page of posts need not be signed again for
 * every reader, and a browser finds under the same URL what it already has.
 */
export function createDownloadUrls({ clock, storage, seconds }: Dependencies) {
  const known = createTtlMap<string>(mostKept);
  return async (key: string): Promise<string> => {
    const now = clock.now().getTime();
    const found = known.get(key, now);
    if (found) return found;
    const url = await storage.presignDownload({ key, seconds });
    known.set(key, url, now + seconds * 500);
    return url;
  };
}

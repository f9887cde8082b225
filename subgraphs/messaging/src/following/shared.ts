export interface Begun<Resource> {
  readonly ready: Promise<Resource>;
  /** Called when nobody uses it any more, or when it could not begin. */
  readonly end: () => void;
}

interface Entry<Resource> extends Begun<Resource> {
  users: number;
}

/** One resource of each key, for as long as somebody uses it. */
export function createShared<Resource>(begin: (key: string) => Begun<Resource>) {
  const entries = new Map<string, Entry<Resource>>();

  function open(key: string): Entry<Resource> {
    const entry = { ...begin(key), users: 0 };
    entries.set(key, entry);
    return entry;
  }

  /** The resource, and how to leave it; leaving twice is leaving once. */
  async function use(key: string): Promise<{ readonly resource: Resource; readonly leave: () => void }> {
    const entry = entries.get(key) ?? open(key);
    entry.users++;
    let hasLeft = false;
    const leave = () => {
      if (hasLeft) return;
      hasLeft = true;
      if (--entry.users > 0) return;
      if (entries.get(key) === entry) entries.delete(key);
      entry.end();
    };
    try {
      return { resource: await entry.ready, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  return {
    use,
    keys: () => [...entries.keys()],
    /** What is used under a key by now; undefined when that is nothing, or could not begin. */
    get: (key: string): Promise<Resource | undefined> =>
      entries.get(key)?.ready.catch(() => undefined) ?? Promise.resolve(undefined),
    /** It has failed: whoever comes next begins anew. */
    forget: (key: string): void => void entries.delete(key),
  };
}

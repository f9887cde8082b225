/** What is kept of a session, on one device. */
export interface StoredSession {
  /** Made at sign-in and kept through renewals: tells one session from the next. */
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When to renew the access token, in milliseconds of this device's clock; null: only when it is refused. */
  readonly renewAt: number | null;
}

/** Where a session is kept. Methods may answer at once or later. */
export interface SessionStorage {
  load(): StoredSession | undefined | Promise<StoredSession | undefined>;
  save(session: StoredSession): void | Promise<void>;
  clear(): void | Promise<void>;
  /** The token of this device, when its owner trusts it: it outlives sessions. Absent: codes are asked for each time. */
  loadDevice?(): string | undefined | Promise<string | undefined>;
  saveDevice?(token: string): void | Promise<void>;
  /** Runs the work while nobody else who shares this storage runs theirs. Absent: nobody shares it. */
  exclusive?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Keeps the session for the life of the client. */
export function createMemoryStorage(): SessionStorage {
  let session: StoredSession | undefined;
  let device: string | undefined;
  return {
    load: () => session,
    save: (next) => void (session = next),
    clear: () => void (session = undefined),
    loadDevice: () => device,
    saveDevice: (token) => void (device = token),
  };
}

/** The part of the Web Storage API that is needed: https://html.spec.whatwg.org/multipage/webstorage.html */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The part of the Web Locks API that is needed: https://w3c.github.io/web-locks/ */
export interface Locks {
  request<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

interface Browser {
  readonly localStorage?: KeyValueStorage;
  readonly navigator?: { readonly locks?: Locks };
}

/**
 * Keeps the session in the browser's localStorage, for all tabs of the origin. Tabs take turns at renewals through Web
 * Locks; without them (plain http) two tabs may renew at once, and the server gives both the same answer.
 */
export function createLocalStorage(
  key = 'diaspora.session',
  { localStorage, navigator }: Browser = globalThis as Browser,
): SessionStorage {
  if (!localStorage) throw new TypeError('There is no localStorage here; use another storage.');
  const locks = navigator?.locks;
  return {
    load: () => read(localStorage.getItem(key)),
    save: (session) => localStorage.setItem(key, JSON.stringify(session)),
    clear: () => localStorage.removeItem(key),
    loadDevice: () => localStorage.getItem(`${key}.device`) ?? undefined,
    saveDevice: (token) => localStorage.setItem(`${key}.device`, token),
    ...(locks && { exclusive: <Result>(work: () => Promise<Result>) => locks.request(key, work) }),
  };
}

/** Anything that is not a session, such as one of an older release, counts as none. */
function read(text: string | null): StoredSession | undefined {
  if (text === null) return undefined;
  try {
    const { id, accessToken, refreshToken, renewAt } = JSON.parse(text) as Partial<StoredSession>;
    const isWhole = [id, accessToken, refreshToken].every((value) => typeof value === 'string');
    if (!isWhole || (renewAt !== null && typeof renewAt !== 'number')) return undefined;
    return { id: id!, accessToken: accessToken!, refreshToken: refreshToken!, renewAt };
  } catch {
    return undefined;
  }
}

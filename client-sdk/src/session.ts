import { ApiError, UnauthenticatedError, UserInputError } from './errors.js';
import { newKey } from './keys.js';
import type { SessionStorage, StoredSession } from './storage.js';

export interface Tokens {
  readonly accessToken: string;
  /** ISO 8601. */
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string;
}

export type Session = ReturnType<typeof createSession>;

interface Dependencies {
  readonly storage: SessionStorage;
  /** Exchanges a refresh token, once, without an access token. */
  readonly renewTokens: (refreshToken: string) => Promise<Tokens>;
  /** Called once for a session that ends in another way than by `close`. */
  readonly onSessionEnded?: (() => void) | undefined;
  readonly now: () => number;
}

/** Refusals of the access token that a new one may mend: it is too old, or says what is no longer true. */
const renewable = new Set<string | undefined>(['TOKEN_EXPIRED', 'SESSION_STALE', 'TOKEN_INVALID']);

/** How long before its end a token is renewed, in milliseconds. */
const marginMs = 30_000;

/** The session of one client. The storage is the truth: others (tabs) may change it at any moment. */
export function createSession({ storage, renewTokens, onSessionEnded, now }: Dependencies) {
  const exclusive: NonNullable<SessionStorage['exclusive']> = storage.exclusive
    ? (work) => storage.exclusive!(work)
    : takeTurns();
  const renewals = new Map<string, Promise<StoredSession>>();
  let endedId: string | undefined;

  const begin = (tokens: Tokens): Promise<void> =>
    exclusive(async () => storage.save({ id: newKey(), ...keep(tokens, now()) }));

  /** Runs the work with an access token, and once again with a new one when the first is refused. */
  async function authorized<Result>(
    work: (accessToken: string | undefined) => Promise<Result>,
  ): Promise<Result> {
    let session = await current();
    for (let isRenewed = false; ; isRenewed = true) {
      try {
        return await work(session?.accessToken);
      } catch (error) {
        if (!session || !(error instanceof UnauthenticatedError)) throw error;
        if (error.reason === 'SESSION_REVOKED') await end(session);
        if (isRenewed || !renewable.has(error.reason)) throw error;
        session = await renew(session);
      }
    }
  }

  /** The stored session, renewed when it is about to expire. */
  async function current(): Promise<StoredSession | undefined> {
    const stored = await storage.load();
    if (!stored || stored.renewAt === null || now() < stored.renewAt) return stored;
    try {
      return await renew(stored);
    } catch (error) {
      if (error instanceof UnauthenticatedError || !(error instanceof ApiError)) throw error;
      return stored; // It may hold a little longer; if not, the server says so and it is renewed then.
    }
  }

  /** Calls that were refused with the same token share one renewal. */
  function renew(used: StoredSession): Promise<StoredSession> {
    const running = renewals.get(used.accessToken);
    if (running) return running;
    const renewal = exclusive(() => exchange(used)).finally(() => renewals.delete(used.accessToken));
    renewals.set(used.accessToken, renewal);
    return renewal;
  }

  async function exchange(used: StoredSession): Promise<StoredSession> {
    const stored = await storage.load();
    if (stored?.id !== used.id) throw ended(used); // Closed meanwhile, or somebody else signed in.
    if (stored.accessToken !== used.accessToken) return stored; // Another call or tab was first.
    try {
      const next = { id: stored.id, ...keep(await renewTokens(stored.refreshToken), now()) };
      await storage.save(next);
      return next;
    } catch (error) {
      // Only an answer ends a session; a network that is away does not.
      if (!(error instanceof UserInputError || error instanceof UnauthenticatedError)) throw error;
      await storage.clear();
      throw ended(used, error);
    }
  }

  const end = (used: StoredSession): Promise<void> =>
    exclusive(async () => {
      if ((await storage.load())?.id === used.id) await storage.clear();
      announce(used);
    });

  function ended(used: StoredSession, cause?: ApiError): UnauthenticatedError {
    announce(used);
    const extensions = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' };
    return new UnauthenticatedError(
      { message: 'The session has ended. Sign in again.', extensions },
      { cause, requestId: cause?.requestId },
    );
  }

  function announce({ id }: StoredSession): void {
    if (endedId === id) return;
    endedId = id;
    onSessionEnded?.();
  }

  /** Tells the server and forgets the session, also when the server cannot be told; that is thrown afterwards. */
  async function close(tellServer: (accessToken: string | undefined) => Promise<unknown>): Promise<void> {
    const stored = await storage.load();
    if (!stored) return;
    endedId = stored.id;
    try {
      await authorized(tellServer);
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error; // Had ended already.
    } finally {
      await end(stored);
    }
  }

  return { begin, authorized, close, isOpen: async () => (await storage.load()) !== undefined };
}

/**
 * The end is counted from now, since this device's clock may differ from the server's. A clock so far ahead that the
 * new token looks spent says nothing: then the server's refusal is waited for.
 */
function keep(tokens: Tokens, now: number): Omit<StoredSession, 'id'> {
  const renewAt = Date.parse(tokens.accessTokenExpiresAt) - marginMs;
  const { accessToken, refreshToken } = tokens;
  return { accessToken, refreshToken, renewAt: renewAt > now ? renewAt : null };
}

/** One after another, in this process. */
function takeTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

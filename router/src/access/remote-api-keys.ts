import { randomUUID } from 'node:crypto';
import { signViewer, VIEWER_HEADER, type Clock, type Logger, type Viewer } from '@diaspora/kit/core';
import { z } from 'zod';
import type { Allowance } from '../limits/rate/parse-rate.js';
import type { ApiKeys } from './api-keys.js';
import type { Caller } from './caller.js';
import { createLru } from './lru.js';
import { RequestRefused } from './refused.js';
import { sha256 } from './sha256.js';
import type { Revocations } from './token-caller.js';
import { TokenRefused } from './token-refused.js';

export interface RemoteApiKeysOptions {
  /** Of the service that knows the keys. */
  readonly url: string;
  /** Signs the question, as it signs the viewer for subgraphs. */
  readonly viewerSecret: string;
  readonly revocations: Revocations;
  /** Points by tier. A tier that is not named has the limit of every user. */
  readonly tiers: Readonly<Record<string, Allowance>>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long an answer is remembered. What was revoked does not count, remembered or not. */
  readonly forMs?: number;
  readonly most?: number;
}

const answerSchema = z.object({
  id: z.string(),
  partnerId: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  tier: z.string(),
  expiresAt: z.iso.datetime().transform(Date.parse).nullable(),
});

type KnownKey = z.output<typeof answerSchema>;

const timeoutMs = 3_000;
/** As the service writes them; anything else is none of its keys, and is not asked about. */
const keyPattern = /^dsk_[\w-]{43}$/;
/** Whoever makes keys up costs the service no more questions at once than this. */
const mostQuestions = 100;

/**
 * Keys of partners that another service keeps. It is told the hash of a key, never the key; its answers are remembered
 * for seconds, and each request asks Redis whether the key was revoked. Requests that overlap share one question, and there
 * are only so many questions at once.
 */
export function createRemoteApiKeys(options: RemoteApiKeysOptions): Pick<ApiKeys, 'callerOf'> {
  const { revocations, tiers, clock, log, forMs = 10_000, most = 10_000 } = options;
  const known = createLru<{ readonly key: KnownKey; readonly until: number }>({ most });
  const underWay = new Map<string, Promise<KnownKey>>();

  const remember = (hash: string): Promise<KnownKey> => {
    const asked = underWay.get(hash);
    if (asked) return asked;
    if (underWay.size >= mostQuestions) return Promise.reject(unavailable());
    const until = clock.now().getTime() + forMs;
    const asking = ask(options, hash)
      .then((key) => {
        known.set(hash, { key, until });
        return key;
      })
      .catch((error: unknown) => {
        if (error instanceof TokenRefused) throw error;
        log.error({ err: error }, 'API keys cannot be verified');
        throw unavailable();
      })
      .finally(() => underWay.delete(hash));
    underWay.set(hash, asking);
    return asking;
  };

  async function find(hash: string): Promise<KnownKey> {
    const now = clock.now().getTime();
    const entry = known.get(hash);
    const key = entry !== undefined && entry.until > now ? entry.key : await remember(hash);
    if (key.expiresAt !== null && key.expiresAt <= now) throw new TokenRefused('KEY_EXPIRED');
    const { id, partnerId } = key;
    const verdict = await revocations.check({ sessionId: id, tokenId: id, userId: partnerId, epoch: 0 });
    if (verdict === 'valid') return key;
    throw new TokenRefused('KEY_REVOKED');
  }

  return {
    async callerOf(presented, identity): Promise<Caller> {
      if (!keyPattern.test(presented)) throw new TokenRefused('KEY_INVALID');
      const hash = sha256(presented);
      const key = await find(hash);
      const { id, partnerId, name, scopes, tier, expiresAt } = key;
      const rateLimit = tiers[tier];
      return {
        viewer: viewerOf(key),
        identity: `${identity}\nkey ${id}`,
        client: { class: 'partner', name },
        scopes,
        partner: { id: partnerId, name, ...(rateLimit && { rateLimit }) },
        ...(expiresAt !== null && { expiresAt }),
        recheck: async () => void (await find(hash)),
        watch: (onDoubt) => revocations.watch({ sessionId: id, tokenId: id, userId: partnerId }, onDoubt),
      };
    },
  };
}

/** A program, not a person: subgraphs let it see what is public, and what its scopes say. */
const viewerOf = ({ id, partnerId, scopes }: KnownKey): Viewer => ({
  id: partnerId,
  kind: 'service',
  sessionId: id,
  roles: ['PARTNER'],
  scopes,
  entitlements: [],
  offices: [],
});

async function ask({ url, viewerSecret }: RemoteApiKeysOptions, hash: string): Promise<KnownKey> {
  const requestId = randomUUID();
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [VIEWER_HEADER]: signViewer(null, { secret: viewerSecret, requestId }),
    },
    body: JSON.stringify({ sha256: hash }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status === 404) throw new TokenRefused('KEY_INVALID');
  if (!response.ok) throw new Error(`The service that knows API keys answered ${response.status}.`);
  return answerSchema.parse(await response.json());
}

const unavailable = () =>
  new RequestRefused({
    status: 503,
    code: 'UNAVAILABLE',
    message: 'API keys cannot be checked right now.',
    headers: { 'retry-after': '5' },
  });

/** Those of files first, which cost no question. */
export const firstOf = (
  files: Pick<ApiKeys, 'callerOf'> | undefined,
  remote: Pick<ApiKeys, 'callerOf'> | undefined,
): Pick<ApiKeys, 'callerOf'> | undefined => {
  if (!files || !remote) return files ?? remote;
  return {
    callerOf: (key, identity) => {
      try {
        return files.callerOf(key, identity);
      } catch (error) {
        if (error instanceof TokenRefused && error.reason === 'KEY_INVALID')
          return remote.callerOf(key, identity);
        throw error;
      }
    },
  };
};

import type { Clock, Logger } from '@diaspora/kit/core';
import { z } from 'zod';
import { parseRate } from '../limits/rate/parse-rate.js';
import type { Caller, Partner } from './caller.js';
import { clientClasses } from './settings.js';
import { sha256 } from './sha256.js';
import { TokenRefused } from './token-refused.js';
import { watchFiles } from './watch-files.js';

const keySchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).max(100),
  /** Of the key itself, which must be random: `openssl rand -hex 32`. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .toLowerCase(),
  class: z.enum(clientClasses).default('partner'),
  scopes: z.array(z.string()).default([]),
  rateLimit: z
    .string()
    .transform((text, context) => {
      const rate = parseRate(text);
      if (!rate) context.addIssue({ code: 'custom', message: 'must look like 10000/60s' });
      return rate ?? z.NEVER;
    })
    .optional(),
  expiresAt: z.iso.datetime({ offset: true }).transform(Date.parse).optional(),
});

const fileSchema = z.union([z.array(keySchema), keySchema.transform((key) => [key])]);

type ApiKey = z.output<typeof keySchema>;

export interface ApiKeys {
  /** The value of an X-API-Key header to whose it is. Throws TokenRefused. `identity` as in Identify. */
  callerOf(key: string, identity: string): Caller | Promise<Caller>;
  reload(): Promise<void>;
  stop(): void;
}

const longestKey = 512;

/**
 * Keys of partners from files of `{ id, name, sha256, class?, scopes?, rateLimit?, expiresAt? }`. Only hashes are kept
 * and compared: how long a lookup takes tells nothing about a key. Rejects when the files cannot be used.
 */
export async function createApiKeys(options: {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<ApiKeys> {
  const { path, clock, log } = options;
  const files = await watchFiles({ path, what: 'API keys', read: readKeys, combine: byHash, log });

  const find = (hash: string): ApiKey => {
    const key = files.current().get(hash);
    if (key === undefined) throw new TokenRefused('KEY_INVALID');
    if (key.expiresAt !== undefined && key.expiresAt <= clock.now().getTime()) {
      throw new TokenRefused('KEY_EXPIRED');
    }
    return key;
  };

  return {
    callerOf(presented, identity) {
      if (presented.length > longestKey) throw new TokenRefused('KEY_INVALID');
      const hash = sha256(presented);
      const key = find(hash);
      return {
        viewer: null,
        identity: `${identity}\nkey ${key.id}`,
        client: { class: key.class, name: key.name },
        scopes: key.scopes,
        partner: partnerOf(key),
        ...(key.expiresAt !== undefined && { expiresAt: key.expiresAt }),
        recheck: async () => void find(hash),
      };
    },
    reload: () => files.reload(),
    stop: () => files.stop(),
  };
}

function readKeys(json: unknown): readonly ApiKey[] {
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

function byHash(files: readonly (readonly ApiKey[])[]): ReadonlyMap<string, ApiKey> {
  const keys = new Map<string, ApiKey>();
  for (const key of files.flat()) {
    if (keys.has(key.sha256)) throw new Error(`"${key.id}" has the same key as another.`);
    keys.set(key.sha256, key);
  }
  return keys;
}

const partnerOf = ({ id, name, rateLimit }: ApiKey): Partner => ({
  id,
  name,
  ...(rateLimit && { rateLimit }),
});

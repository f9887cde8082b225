import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IdType } from '@diaspora/kit';

export type LetterKeys = ReturnType<typeof createLetterKeys>;

interface Options {
  readonly secret: string;
  /** What a key is good for. It is part of the tag: a key for one thing opens nothing else. */
  readonly purpose: string;
  readonly ids: IdType;
}

/** Keys in letters, by which a reader without a session takes something back: derived from its id, so that none is kept. */
export function createLetterKeys({ secret, purpose, ids }: Options) {
  const tagOf = (id: string) => createHmac('sha256', secret).update(`${purpose}:${id}`).digest();
  return {
    write: (id: string): string => `${ids.encode(id)}.${tagOf(id).toString('base64url')}`,
    /** The id of what it is about; undefined for everything that is no key of ours. */
    read: (key: string): string | undefined => {
      const [, text = '', tag = ''] = /^(\w{30})\.([\w-]{43})$/.exec(key.trim()) ?? [];
      const id = ids.find(text);
      return id !== null && timingSafeEqual(Buffer.from(tag, 'base64url'), tagOf(id)) ? id : undefined;
    },
  };
}

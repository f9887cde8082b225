import type { Cache } from '@diaspora/kit/core';
import type { ClientClass } from '../../context.js';
import { createLru, type Lru } from '../lru.js';
import { sha256 } from '../sha256.js';

/** Documents by their SHA-256, as clients left them. */
export interface AutomaticDocuments {
  isFor(clientClass: ClientClass): boolean;
  find(hash: string): string | undefined | Promise<string | undefined>;
  /** Only for documents that proved valid: whoever fills the memory must at least write real documents. */
  remember(hash: string, text: string, clientClass: ClientClass): void;
}

export interface AutomaticOptions {
  readonly classes: readonly ClientClass[];
  /** Of memory, for each class: so that no class of clients can push out what another one left. */
  readonly bytes: number;
  /** Shared with other routers. */
  readonly cache?: Pick<Cache, 'get' | 'set'> | undefined;
}

const sharedForSeconds = 7 * 24 * 3_600;

/** Two bytes a character at most, and what an entry of a Map takes. */
const weigh = (text: string) => 2 * text.length + 300;

/** The memory of automatically persisted queries (Apollo's protocol), bounded; with Redis it outlives this process. */
export function createAutomaticDocuments({ classes, bytes, cache }: AutomaticOptions): AutomaticDocuments {
  const memories = new Map<ClientClass, Lru<string>>(
    classes.map((clientClass) => [clientClass, createLru<string>({ most: bytes, weigh })]),
  );

  const findShared = async (hash: string): Promise<string | undefined> => {
    const text = await cache?.get<unknown>(`apq:${hash}`);
    return typeof text === 'string' && sha256(text) === hash ? text : undefined;
  };

  return {
    isFor: (clientClass) => memories.has(clientClass),
    find(hash) {
      for (const memory of memories.values()) {
        const text = memory.get(hash);
        if (text !== undefined) return text;
      }
      return cache && findShared(hash);
    },
    remember(hash, text, clientClass) {
      const memory = memories.get(clientClass);
      if (!memory || memory.get(hash) !== undefined) return;
      memory.set(hash, text);
      void cache?.set(`apq:${hash}`, text, sharedForSeconds);
    },
  };
}

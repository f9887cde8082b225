import type { Caller } from '../access/caller.js';
import type { CloseReason } from './close-codes.js';

/** Open connections of clients, WebSockets and event streams, bounded. */
export interface Connections {
  /** Undefined when there are too many; else what takes it out again. */
  add(caller: Caller, close: (reason: CloseReason) => void): (() => void) | undefined;
  closeAll(reason: CloseReason): void;
  count(): number;
}

interface ConnectionsOptions {
  readonly limit: number;
  /** Of one signed-in caller: anonymous visitors are told apart by nothing. */
  readonly limitPerCaller: number;
}

export function createConnections({ limit, limitPerCaller }: ConnectionsOptions): Connections {
  const open = new Set<(reason: CloseReason) => void>();
  const perCaller = new Map<string, number>();

  return {
    add(caller, close) {
      const key = caller.client.class === 'anonymous' ? undefined : (caller.viewer?.id ?? caller.identity);
      const own = key === undefined ? 0 : (perCaller.get(key) ?? 0);
      if (open.size >= limit || own >= limitPerCaller) return undefined;
      if (key !== undefined) perCaller.set(key, own + 1);
      // A function of its own, so that two connections with equal functions are two.
      const entry = (reason: CloseReason) => close(reason);
      open.add(entry);
      return () => {
        if (!open.delete(entry) || key === undefined) return;
        const left = perCaller.get(key)! - 1;
        if (left === 0) perCaller.delete(key);
        else perCaller.set(key, left);
      };
    },
    closeAll(reason) {
      for (const close of [...open]) close(reason);
    },
    count: () => open.size,
  };
}

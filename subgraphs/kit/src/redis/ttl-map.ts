/** A map whose entries expire (times in epoch milliseconds) and that drops its oldest entries beyond `limit`. */
export interface TtlMap<V> {
  get(key: string, now: number): V | undefined;
  set(key: string, value: V, expiresAt: number): void;
  entries(now: number): { key: string; value: V; expiresAt: number }[];
}

export function createTtlMap<V>(limit: number): TtlMap<V> {
  const map = new Map<string, { value: V; expiresAt: number }>();
  return {
    get(key, now) {
      const entry = map.get(key);
      if (entry && entry.expiresAt <= now) map.delete(key);
      return entry && entry.expiresAt > now ? entry.value : undefined;
    },
    set(key, value, expiresAt) {
      map.delete(key);
      map.set(key, { value, expiresAt });
      if (map.size <= limit) return;
      for (const oldest of map.keys()) {
        map.delete(oldest);
        break;
      }
    },
    entries(now) {
      for (const [key, { expiresAt }] of map) if (expiresAt <= now) map.delete(key);
      return [...map].map(([key, entry]) => ({ key, ...entry }));
    },
  };
}

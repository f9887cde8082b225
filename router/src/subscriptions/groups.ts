import type { RequestContext } from '../context.js';
import type { Executable } from '../execution/executable.js';
import { createGroup, type Group } from './group.js';
import type { Upstream } from './upstream/upstream.js';

export interface Wanted {
  readonly executable: Executable;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly createContext: () => RequestContext;
}

/** By upstream (which is of one identity), then by what is executed. */
export interface Groups {
  find(upstream: Upstream, wanted: Wanted): Group;
}

export function createGroups({ limit }: { limit: number }): Groups {
  const byUpstream = new Map<Upstream, Map<Executable, Map<string, Group>>>();

  return {
    find(upstream, { executable, variables, createContext }) {
      const ofUpstream = entry(byUpstream, upstream, () => new Map<Executable, Map<string, Group>>());
      const ofExecutable = entry(ofUpstream, executable, () => new Map<string, Group>());
      const key = JSON.stringify(variables);
      return entry(ofExecutable, key, () =>
        createGroup({
          upstream,
          executable,
          variables,
          createContext,
          limit,
          onEnd: () => {
            ofExecutable.delete(key);
            if (ofExecutable.size === 0) ofUpstream.delete(executable);
            if (ofUpstream.size === 0) byUpstream.delete(upstream);
          },
        }),
      );
    },
  };
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

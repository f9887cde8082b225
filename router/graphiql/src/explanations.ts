import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { useSyncExternalStore } from 'react';
import type { Explanation } from '../../src/observe/explain.js';

let latest: Explanation | undefined;
let isWatched = false;
const listeners = new Set<() => void>();

/** While the plan view is open, operations are run with an explanation. */
export const watch = (on: boolean): void => void (isWatched = on);

export const useExplanation = (): Explanation | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => latest,
  );

/** Asks for explanations where they are wanted, keeps the latest and takes it out of what the answer pane shows. */
export const explaining =
  (fetcher: Fetcher): Fetcher =>
  async (params: FetcherParams, options) => {
    if (!isWatched || params.operationName === 'IntrospectionQuery') return fetcher(params, options);
    const headers = { ...options?.headers, 'x-explain': 'run' };
    const answer = await fetcher(params, { ...options, headers });
    return keepExplanation(answer) as Awaited<ReturnType<Fetcher>>;
  };

function keepExplanation(answer: unknown): unknown {
  const { extensions, ...rest } = answer as { extensions?: { explain?: Explanation } };
  if (!extensions?.explain) return answer;
  const { explain, ...others } = extensions;
  latest = explain;
  for (const listener of listeners) listener();
  return Object.keys(others).length === 0 ? rest : { ...rest, extensions: others };
}

import { loadConfig, privateStoreConfigShape, subgraphConfigShape } from '@diaspora/kit';

export type SearchConfig = ReturnType<typeof loadSearchConfig>;

/** Pure: the environment is an argument. */
export const loadSearchConfig = (env: Readonly<Record<string, string | undefined>>) =>
  loadConfig({ ...subgraphConfigShape, ...privateStoreConfigShape }, env);

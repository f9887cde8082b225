import { loadConfig, subgraphConfigShape } from '@diaspora/kit';

export type EventsConfig = ReturnType<typeof loadEventsConfig>;

/** Pure: the environment is an argument. */
export const loadEventsConfig = (env: Readonly<Record<string, string | undefined>>) =>
  loadConfig(subgraphConfigShape, env);

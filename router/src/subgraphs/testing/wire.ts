import { afterEach, expect } from '@jest/globals';
import type { SubgraphSettings } from '../settings.js';
import type { SubgraphsOptions } from '../subgraphs.js';
import { connect } from './given.js';
import { data, http, startNetSubgraph, type NetRequest } from './start-net-subgraph.js';

/** A real subgraph that answers as told and the line to it; both end with the test. To be called once a test file. */
export function useWire() {
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  return async (
    respond: (request: NetRequest) => void,
    over: Partial<SubgraphSettings> = {},
    options: Partial<SubgraphsOptions> = {},
  ) => {
    const subgraph = await startNetSubgraph(respond);
    const line = connect(subgraph.url, over, options);
    stops.push(
      () => subgraph.stop(),
      () => line.stop(),
    );
    return { subgraph, ...line };
  };
}

/** The answer to a request whose transport failed. */
export const lost = (code: 'UNAVAILABLE' | 'TIMEOUT' | 'CANCELLED') => ({
  data: null,
  errors: [{ message: expect.any(String) as unknown, extensions: { code } }],
  isPlain: false,
});

/** Answers with the JSON that was asked. */
export const echo = ({ socket, body }: NetRequest): void =>
  void socket.write(http(data(JSON.parse(body) as object)));

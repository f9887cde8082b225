import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '@diaspora/kit/core';
import { subgraphSettings } from './settings.js';

describe('settings of subgraphs', () => {
  it('have defaults', () => {
    expect(loadConfig(subgraphSettings, {})).toMatchObject({
      SUBGRAPH_TIMEOUT_MS: 10_000,
      SUBGRAPH_TIMEOUTS_MS: {},
      SUBGRAPH_CLIENT: 'sockets',
      HEDGE: true,
      DEDUPE_SUBGRAPH_REQUESTS: true,
    });
  });

  it('give some subgraphs another time', () => {
    const { SUBGRAPH_TIMEOUTS_MS } = loadConfig(subgraphSettings, {
      SUBGRAPH_TIMEOUTS_MS: 'search=3000,pay-ments=20000',
    });
    expect(SUBGRAPH_TIMEOUTS_MS).toEqual({ search: 3_000, 'pay-ments': 20_000 });
  });

  it.each([
    { SUBGRAPH_TIMEOUTS_MS: 'search' },
    { SUBGRAPH_TIMEOUTS_MS: 'search=0' },
    { RETRY_BUDGET_PERCENT: '101' },
    { SUBGRAPH_CONNECTIONS: '0' },
    { SUBGRAPH_CLIENT: 'fetch' },
  ])('%p is refused', (env) => {
    expect(() => loadConfig(subgraphSettings, env)).toThrow(ConfigError);
  });
});

import { Registry } from 'prom-client';
import type { Subgraph } from '../graphql/define-subgraph.js';
import { createHealth } from '../http/health.js';
import type { ListeningServer } from '../http/listen.js';
import { serveSubgraph } from '../http/server.js';
import { silentLog } from './subgraph.js';

/** What signs viewers for subgraphs that tests serve. */
export const viewerSecret = 'contract-secret-contract-secret-contract';

/** A subgraph on a free port, with its own routes. */
export const serve = (subgraph: Subgraph): Promise<ListeningServer> =>
  serveSubgraph(subgraph, {
    port: 0,
    host: '127.0.0.1',
    viewerSecret,
    log: silentLog,
    health: createHealth({ nothing: async () => undefined }),
    registry: new Registry(),
  });

import type { Clock, Logger } from '@diaspora/kit/core';
import { createAuthorization } from '../access/authorize/authorization.js';
import { hasPartners } from '../access/settings.js';
import { compile } from '../compile/index.js';
import type { RouterConfig } from '../config.js';
import { createEngine } from '../execution/engine.js';
import { createCosts } from '../limits/cost/cost.js';
import { needsCosts } from '../limits/create-limits.js';
import { limitRules } from '../limits/limit-rules.js';
import type { RouterMetrics } from '../observe/metrics.js';
import { createOperations } from '../operations/operations.js';
import { createSubgraphs } from '../subgraphs/subgraphs.js';
import { startPlanning, type Planning } from '../plan/worker/planning.js';
import { createSupergraph } from '../supergraph/create-supergraph.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import type { Version } from './versions.js';

export interface VersionParts {
  readonly config: RouterConfig;
  readonly metrics: RouterMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Characters of all documents in the cache together. What is made of a document takes some 50 times its length. */
const cachedCharacters = 4_000_000;

/** All that is made from one composed schema. Rejects with an Error whose message is one line for operators. */
export async function createVersion(sdl: string, parts: VersionParts): Promise<Version> {
  const planning = await startPlanning({ sdl, settings: parts.config, log: parts.log });
  try {
    return assemble(sdl, planning, parts);
  } catch (error) {
    await planning.stop();
    throw error;
  }
}

function assemble(sdl: string, planning: Planning, { config, metrics, clock, log }: VersionParts): Version {
  const supergraph = createSupergraph(sdl, planning.facts);
  const addresses = addressesOf(supergraph, config.SUBGRAPH_URLS);
  const subgraphs = createSubgraphs({
    targets: new Map([...addresses].map(([name, url]) => [name, { name, url }])),
    settings: config,
    viewerSecret: config.VIEWER_SECRET,
    metrics: metrics.subgraphs,
    clock,
    log,
  });
  const { sourceSchema, apiSchema } = supergraph;
  const costs = createCosts({ sourceSchema, apiSchema, listSize: config.COST_LIST_SIZE });
  const engine = createEngine({
    supergraph,
    plan: planning.plan,
    subgraphs: subgraphs.send,
    compile,
    ...(config.MAX_COST.mode !== 'off' && { weights: costs.weights }),
    log,
  });
  const operations = createOperations({
    schema: apiSchema,
    prepare: (wanted) => engine.prepare(wanted),
    authorization: createAuthorization({ sourceSchema, apiSchema, mode: config.AUTHORIZATION_MODE }),
    costs: needsCosts(config, hasPartners(config)) ? costs : undefined,
    introspection: config.INTROSPECTION,
    maxTokens: config.MAX_TOKENS,
    limits: limitRules(config, { observe: metrics, log }),
    metrics,
    cache: { maxDocuments: config.OPERATION_CACHE_SIZE, maxCharacters: cachedCharacters },
  });
  const stop = async () => {
    subgraphs.stop();
    await planning.stop();
  };
  return { id: supergraph.id, supergraph, operations, subgraphs: addresses, stop };
}

/** Of the configuration, else of the supergraph itself. */
function addressesOf(
  { subgraphs }: Supergraph,
  overrides: Readonly<Record<string, string>>,
): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const { name, url } of subgraphs.values()) {
    const address = overrides[name] ?? url;
    if (!/^https?:$/.test(URL.canParse(address) ? new URL(address).protocol : '')) {
      throw new Error(`Subgraph ${name} has no http address ("${address}"). Give one by SUBGRAPH_URLS.`);
    }
    addresses.set(name, address);
  }
  return addresses;
}

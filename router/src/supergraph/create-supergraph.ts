import { createHash } from 'node:crypto';
import { buildASTSchema, buildSchema, parse } from 'graphql';
import type { SubgraphFacts, SupergraphFacts } from './facts.js';
import { neededNames } from './needed-names.js';
import type { Supergraph, SupergraphSubgraph } from './supergraph.js';

/** The facts come from the same SDL. Loads nothing of federation's libraries. */
export function createSupergraph(sdl: string, { apiSdl, subgraphs }: SupergraphFacts): Supergraph {
  const document = parse(sdl, { noLocation: true });
  return {
    sdl,
    id: createHash('sha256').update(sdl).digest('hex').slice(0, 12),
    apiSchema: buildSchema(apiSdl, { assumeValidSDL: true, noLocation: true }),
    sourceSchema: buildASTSchema(document, { assumeValidSDL: true }),
    subgraphs: new Map(subgraphs.map((one) => [one.name, createSubgraph(one)])),
    neededNames: neededNames(document),
  };
}

const none: ReadonlySet<string> = new Set();

const createSubgraph = ({ name, url, types }: SubgraphFacts): SupergraphSubgraph => ({
  name,
  url,
  possibleTypes: (typeName) => types.get(typeName)?.possible ?? none,
  isInterfaceObject: (typeName) => types.get(typeName)?.isInterfaceObject ?? false,
  field: (typeName, fieldName) => types.get(typeName)?.fields.get(fieldName),
});

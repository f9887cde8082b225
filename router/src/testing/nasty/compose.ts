import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { buildASTSchema, parse } from 'graphql';
import type { ComposedSupergraph, Values } from './nasty.js';
import { completeSdl, readView } from './world/views.js';
import { createWorld } from './world/world.js';

/** Throws with all of composition's complaints. */
export function composeNasty(
  name: string,
  sdls: Readonly<Record<string, string>>,
  values: Values = {},
): ComposedSupergraph {
  const complete = Object.entries(sdls).map(([subgraph, sdl]) => [subgraph, completeSdl(sdl)] as const);
  const { supergraphSdl, errors } = composeServices(
    complete.map(([subgraph, sdl]) => ({
      name: subgraph,
      url: `http://${subgraph}.test/`,
      typeDefs: parse(sdl),
    })),
  );
  if (supergraphSdl === undefined) {
    throw new Error(`${name}: ${(errors ?? []).map(({ message }) => message).join('\n')}`);
  }
  const views = new Map(complete.map(([subgraph, sdl]) => [subgraph, readView(subgraph, sdl)]));
  const fullSchema = buildASTSchema(parse(supergraphSdl), { assumeValidSDL: true });
  const api = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
  return { name, sdl: supergraphSdl, world: createWorld({ views, fullSchema, api, values }), api };
}

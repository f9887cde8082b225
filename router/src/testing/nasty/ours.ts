import { readdirSync, readFileSync } from 'node:fs';
import { composeNasty } from './compose.js';
import type { ComposedSupergraph } from './nasty.js';

/** Our own supergraph over the world: the real subgraph SDLs, no services. */
export function composeOurs(): ComposedSupergraph {
  const folder = new URL('../../../../schema/subgraphs/', import.meta.url);
  const sdls = readdirSync(folder).map(
    (file) => [file.replace('.graphql', ''), readFileSync(new URL(file, folder), 'utf8')] as const,
  );
  return composeNasty('our supergraph', Object.fromEntries(sdls));
}

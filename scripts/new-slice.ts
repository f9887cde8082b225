/** `npm run new:slice -- events reviews [review]`: a slice with an entity, its table and tests, wired into a subgraph. */
import { root } from './lib/subgraphs.js';
import { apply } from './lib/scaffold/changes.js';
import { Refusal } from './lib/scaffold/names.js';
import { planSlice } from './lib/scaffold/slice.js';

try {
  const [subgraph, slice, entity, ...rest] = process.argv.slice(2);
  if (!subgraph || !slice || rest.length > 0)
    throw new Refusal('Usage: npm run new:slice -- <subgraph> <slice> [<what it keeps, singular>]');
  const { names, changes } = planSlice({ root, subgraph, slice, entity });
  const written = await apply(root, changes);
  console.log(`Written:\n${written.map((file) => `  ${file}`).join('\n')}

Left to do:
  npm run generate
  npm test -- subgraphs/${subgraph}
  npm run schema
  subgraphs/search/src/nodes: ${names['prefix']!} -> ${names['Entity']!}, so that node(id) finds it
  subgraphs/${subgraph}/README.md: what it owns and tells now
  Then make it yours: schema.graphql, rules.ts, service.ts; the migration while nobody has applied it.`);
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}

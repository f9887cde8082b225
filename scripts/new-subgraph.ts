/** `npm run new:subgraph -- job-board [job-offer]`: a subgraph with one slice, a data model and a place in rover.yaml. */
import { root } from './lib/subgraphs.js';
import { apply } from './lib/scaffold/changes.js';
import { Refusal } from './lib/scaffold/names.js';
import { planSubgraph } from './lib/scaffold/subgraph.js';

try {
  const [subgraph, entity, ...rest] = process.argv.slice(2);
  if (!subgraph || rest.length > 0)
    throw new Refusal('Usage: npm run new:subgraph -- <name> [<what it keeps, singular>]');
  const { names, changes } = planSubgraph({ root, subgraph, entity });
  const written = await apply(root, changes);
  console.log(`Written:\n${written.map((file) => `  ${file}`).join('\n')}

Left to do:
  npm install                                links @diaspora/${subgraph} and generates its types and its client
  npm test -- subgraphs/${subgraph}
  npm run schema
  local/package.json                         "@diaspora/${subgraph}": "0.1.0", then npm install
  local/src/settings.ts                      its name and its port's offset (${Number(names['port']) - 4000})
  local/src/environments.ts, services.ts     its settings and its starter; its loader in compose.test.ts
  docker-compose.yml                         a service on port ${names['port']!}; the router's SUBGRAPH_URLS and depends_on
  deploy/prometheus.yml                      '${subgraph}:${names['port']!}'
  subgraphs/search/src/nodes                 ${names['prefix']!} -> ${names['Entity']!}, so that node(id) finds it
  Then make it yours: schema.graphql, rules.ts, service.ts; the data model and the migration while nobody has
  applied it (npm run migration -- ${subgraph} init, after removing the one that is there).`);
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}

/** Composes `schema/` from rover.yaml: `--check` compares with what is committed and fails on any difference. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { load } from 'js-yaml';
import { lexicographicSortSchema, parse, printSchema } from 'graphql';
import { readSubgraphTypeDefs, root } from './lib/subgraphs.js';

interface RoverConfig {
  federation_version: string;
  subgraphs: Record<string, { routing_url: string; schema: { file: string } }>;
}

const rover = load(readFileSync(path.join(root, 'rover.yaml'), 'utf8')) as RoverConfig;

function compose(): Map<string, string> {
  const files = new Map<string, string>();
  const services = Object.entries(rover.subgraphs).map(([name, { routing_url: url, schema }]) => {
    const typeDefs = readSubgraphTypeDefs(name);
    const sdl = printSubgraphSchema(buildSubgraphSchema(typeDefs));
    files.set(schema.file, `${sdl}\n`);
    return { name, url, typeDefs: parse(sdl) };
  });
  const result = composeServices(services);
  if (result.errors) {
    for (const error of result.errors) console.error(`${String(error.extensions['code'])}: ${error.message}`);
    process.exit(1);
  }
  const api = lexicographicSortSchema(result.schema.toAPISchema().toGraphQLJSSchema());
  files.set('schema/supergraph.graphql', `${result.supergraphSdl}\n`);
  files.set('schema/api.graphql', `${printSchema(api)}\n`);
  return files;
}

function differences(files: Map<string, string>): string[] {
  const changed = [...files].filter(([file, content]) => {
    const committed = path.join(root, file);
    return !existsSync(committed) || readFileSync(committed, 'utf8') !== content;
  });
  const known = readdirSync(path.join(root, 'schema'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => path.join('schema', file));
  return [...changed.map(([file]) => file), ...known.filter((file) => !files.has(file))];
}

const files = compose();
if (process.argv.includes('--check')) {
  const drift = differences(files);
  if (drift.length > 0) {
    console.error(
      `schema/ is not up to date (${drift.join(', ')}). Run npm run schema and commit the result.`,
    );
    process.exit(1);
  }
  console.log('schema/ is up to date');
} else {
  for (const [file, content] of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  console.log(`wrote ${files.size} files to schema/`);
}

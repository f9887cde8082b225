import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { concatAST, parse, type DocumentNode } from 'graphql';

export const root = path.resolve(import.meta.dirname, '../..');

export const subgraphNames = readdirSync(path.join(root, 'prisma'))
  .filter((name) => existsSync(path.join(root, 'prisma', name, 'schema.prisma')))
  .sort();

/** Where one subgraph's sources and generated files lie. */
export const subgraphPaths = (name: string) => {
  const source = path.join(root, 'subgraphs', name, 'src');
  return {
    source,
    generated: path.join(source, '__generated__'),
    models: path.join(source, 'models.ts'),
    dataModel: path.join(root, 'prisma', name),
  };
};

/** The SDL of a subgraph: kit's base and every slice's `schema.graphql`, read as files so that no code has to run. */
export function readSubgraphTypeDefs(name: string): DocumentNode {
  const { source } = subgraphPaths(name);
  const kit = path.join(root, 'subgraphs/kit/src/graphql/kit.graphql');
  const slices = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'schema.graphql')
    .sort();
  return concatAST([kit, ...slices.map((file) => path.join(source, file))].map(parseFile));
}

function parseFile(file: string): DocumentNode {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${path.relative(root, file)}: ${(error as Error).message}`, { cause: error });
  }
}

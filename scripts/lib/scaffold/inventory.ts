import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Kind, parse, type DefinitionNode } from 'graphql';
import { load } from 'js-yaml';
import { portsFrom } from '../../../local/src/settings.js';
import { Refusal } from './names.js';

export const read = (root: string, file: string): string => readFileSync(path.join(root, file), 'utf8');

const sourcesOf = (root: string, subgraph: string): string[] =>
  readdirSync(path.join(root, 'subgraphs', subgraph, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.includes('__generated__'))
    .map((file) => path.join('subgraphs', subgraph, 'src', file));

/** Folders of subgraphs/ that hold one; kit is none. */
export const subgraphsOf = (root: string): string[] =>
  readdirSync(path.join(root, 'subgraphs')).filter((name) =>
    existsSync(path.join(root, 'subgraphs', name, 'src/subgraph.ts')),
  );

/** Prefixes of public ids that some subgraph uses. */
export function takenPrefixes(root: string): Set<string> {
  const sources = subgraphsOf(root).flatMap((name) => sourcesOf(root, name));
  const texts = sources.filter((file) => file.endsWith('.ts')).map((file) => read(root, file));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/idType\('(\w+)'\)/g)].map(([, prefix]) => prefix!)),
  );
}

/** Types that no SDL defines, and those that generated code relies on. */
const reserved = [
  ...['Query', 'Mutation', 'Subscription', 'String', 'Int', 'Float', 'Boolean', 'ID'],
  ...[
    'Context',
    'Exclude',
    'Omit',
    'Partial',
    'Pick',
    'Prisma',
    'Promise',
    'Record',
    'Resolvers',
    'Services',
  ],
];

/** Throws a Refusal when a type or a root field of `sdl` is in the supergraph already. */
export function assertFree(root: string, sdl: string): void {
  const wanted = new Set(namesIn(sdl));
  const shared = [...reserved, ...namesIn(read(root, 'subgraphs/kit/src/graphql/kit.graphql'))];
  const basic = shared.find((name) => wanted.has(name));
  if (basic) throw new Refusal(`"${basic}" is a name that all subgraphs share: give the entity another one.`);
  for (const subgraph of subgraphsOf(root)) {
    const files = sourcesOf(root, subgraph).filter((file) => path.basename(file) === 'schema.graphql');
    const taken = files.flatMap((file) => namesIn(read(root, file))).find((name) => wanted.has(name));
    if (taken) throw new Refusal(`${subgraph} has "${taken}" already: give the entity another name.`);
  }
}

/** Defined types by name, and fields of the root types as `Query.field`. */
const namesIn = (sdl: string): string[] => parse(sdl).definitions.flatMap(namesOf);

function namesOf(definition: DefinitionNode): string[] {
  if (!('name' in definition) || !definition.name) return [];
  if (definition.kind === Kind.OBJECT_TYPE_EXTENSION) {
    if (!['Query', 'Mutation', 'Subscription'].includes(definition.name.value)) return [];
    return (definition.fields ?? []).map((field) => `${definition.name.value}.${field.name.value}`);
  }
  return definition.kind.endsWith('TypeDefinition') ? [definition.name.value] : [];
}

/** All files of a subgraph's data model as one text. */
export const dataModelOf = (root: string, subgraph: string): string =>
  readdirSync(path.join(root, 'prisma', subgraph))
    .filter((file) => file.endsWith('.prisma'))
    .map((file) => read(root, path.join('prisma', subgraph, file)))
    .join('\n');

/** Throws a Refusal when the data model has a model, an enum or a table of this name. */
export function assertNoModel(dataModel: string, entity: string, table: string): void {
  const models = [...dataModel.matchAll(/^(?:model|enum)\s+(\w+)/gm)].map(([, name]) => name);
  const tables = [...dataModel.matchAll(/@@map\("(\w+)"\)/g)].map(([, name]) => name);
  const taken = [models.includes(entity) && entity, tables.includes(table) && table].find(Boolean);
  if (taken) throw new Refusal(`The data model has "${taken}" already: give the entity another name.`);
}

/** The next port behind the subgraphs' that neither rover.yaml nor the one-machine run uses. */
export function nextPort(rover: string): number {
  const routed = [...portsOf(rover).values()];
  const taken = new Set([...routed, ...Object.values(portsFrom(4000))]);
  let port = Math.max(...routed) + 1;
  while (taken.has(port)) port++;
  return port;
}

/** Routing ports by subgraph. */
export function portsOf(rover: string): Map<string, number> {
  const { subgraphs } = load(rover) as { subgraphs: Record<string, { routing_url: string }> };
  return new Map(
    Object.entries(subgraphs).map(([name, { routing_url: url }]) => [name, Number(new URL(url).port)]),
  );
}

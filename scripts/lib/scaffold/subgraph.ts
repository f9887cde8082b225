import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Changes } from './changes.js';
import { addTo } from './edits.js';
import { nextPort, portsOf, read, subgraphsOf } from './inventory.js';
import { pluralOf, Refusal, singularOf, wordsOf } from './names.js';
import { renderFolder, renderFragment, type Placeholders } from './render.js';
import { edit, entityEdits, migrationFolder, placeholdersOf, sliceFolder } from './slice.js';

export interface SubgraphRequest {
  readonly root: string;
  readonly subgraph: string | undefined;
  /** What its first slice keeps, singular; derived from the subgraph's name when absent. */
  readonly entity?: string | undefined;
}

const lockFile = '# Kept by Prisma and `npm run migration`; not edited by hand.\nprovider = "postgresql"\n';

/** A subgraph with one slice, a data model and a place in rover.yaml. Reads only. */
export function planSubgraph(request: SubgraphRequest): { names: Placeholders; changes: Changes } {
  const { root } = request;
  const { kebab: name } = wordsOf('The subgraph', request.subgraph);
  assertFreeName(root, name);
  const entity = request.entity ?? singularOf(name);
  const slice = pluralOf(entity);
  const rover = read(root, 'rover.yaml');
  const port = nextPort(rover);
  const names = { ...placeholdersOf({ root, subgraph: name, slice, entity }), port: String(port) };
  const sources = renderFolder('subgraph', names);
  sources.set('package.json', withVersions(root, sources.get('package.json')!));
  for (const [file, steps] of entityEdits(names)) sources.set(file, edit(file, sources.get(file)!, steps));
  for (const [file, text] of sliceFolder(root, names)) sources.set(`src/${slice}/${file}`, text);
  const model = new Map([
    ['schema.prisma', renderFragment('datasource.prisma', names)],
    [`${slice}.prisma`, renderFragment('model.prisma', names)],
    ['migrations/migration_lock.toml', lockFile],
    [`migrations/${migrationFolder('init')}/migration.sql`, renderFragment('migration.sql', names)],
  ]);
  const boundaries = '.dependency-cruiser.js';
  return {
    names,
    changes: {
      folders: new Map([
        [`subgraphs/${name}`, sources],
        [`prisma/${name}`, model],
      ]),
      files: new Map([
        ['rover.yaml', withSubgraph(rover, name, port)],
        [boundaries, edit(boundaries, read(root, boundaries), [addTo('subgraphs', `'${name}'`)])],
      ]),
    },
  };
}

/** Names of databases, packages and containers share one space. */
function assertFreeName(root: string, name: string): void {
  const folders = [`subgraphs/${name}`, `prisma/${name}`, name];
  const taken = folders.find((folder) => existsSync(path.join(root, folder)));
  if (taken) throw new Refusal(`${taken} exists already: give the subgraph another name.`);
  const reserved = ['postgres', 'redis', 'minio', 'migrate', 'prometheus', 'mailpit', 'bucket'];
  if (reserved.includes(name)) throw new Refusal(`"${name}" names a part of the infrastructure.`);
  if (portsOf(read(root, 'rover.yaml')).has(name)) throw new Refusal(`rover.yaml has "${name}" already.`);
}

interface Manifest {
  dependencies: Record<string, string>;
}

/** The same versions as in the other subgraphs, so that one copy of each package serves all. */
function withVersions(root: string, text: string): string {
  const manifests = subgraphsOf(root).map((name) => read(root, `subgraphs/${name}/package.json`));
  const known = manifests.map((each) => (JSON.parse(each) as Manifest).dependencies);
  const versions = Object.assign({}, ...known) as Record<string, string>;
  const manifest = JSON.parse(text) as Manifest;
  for (const dependency of Object.keys(manifest.dependencies)) {
    const version = versions[dependency];
    if (!version) throw new Error(`No subgraph depends on ${dependency}: which version is right?`);
    manifest.dependencies[dependency] = version;
  }
  return JSON.stringify(manifest, null, 2);
}

function withSubgraph(rover: string, name: string, port: number): string {
  const entry = `  ${name}:\n    routing_url: http://127.0.0.1:${port}\n    schema:\n      file: schema/subgraphs/${name}.graphql\n`;
  const text = `${rover.trimEnd()}\n${entry}`;
  if (portsOf(text).get(name) !== port) throw new Refusal('rover.yaml does not end with its subgraphs.');
  return text;
}

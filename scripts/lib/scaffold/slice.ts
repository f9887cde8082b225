import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Changes } from './changes.js';
import * as edits from './edits.js';
import { assertFree, assertNoModel, dataModelOf, read, takenPrefixes } from './inventory.js';
import { pluralOf, prefixFor, Refusal, singularOf, wordsOf } from './names.js';
import { renderFolder, renderFragment, type Placeholders } from './render.js';

export interface SliceRequest {
  readonly root: string;
  readonly subgraph: string | undefined;
  readonly slice: string | undefined;
  /** What the slice keeps, singular; derived from the slice's name when absent. */
  readonly entity?: string | undefined;
}

/** Everything a skeleton calls by name. Throws a Refusal for names that cannot be used. */
export function placeholdersOf({ root, ...request }: SliceRequest): Placeholders {
  const subgraph = wordsOf('The subgraph', request.subgraph);
  const slice = wordsOf('The slice', request.slice);
  const entity = wordsOf('The entity', request.entity ?? singularOf(slice.kebab));
  const entities = wordsOf('The entity, in the plural', pluralOf(entity.kebab));
  return {
    subgraph: subgraph.kebab,
    Subgraph: subgraph.pascal,
    slice: slice.kebab,
    sliceCamel: slice.camel,
    Slice: slice.pascal,
    entity: entity.camel,
    Entity: entity.pascal,
    spoken: entity.spoken,
    entities: entities.camel,
    table: entities.snake,
    prefix: prefixFor(entity, takenPrefixes(root)),
  };
}

/** The slice's own folder. Throws a Refusal when its names are taken in the supergraph. */
export function sliceFolder(root: string, names: Placeholders): Map<string, string> {
  const rendered = renderFolder('slice', names);
  assertFree(root, rendered.get('schema.graphql')!);
  return new Map(
    [...rendered].map(([file, text]) => [
      file === 'slice.test.ts' ? `${names['slice']!}.test.ts` : file,
      text,
    ]),
  );
}

export const migrationFolder = (name: string): string =>
  `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}_${name}`;

/** What the subgraph's own files gain by an entity, whichever slice it is in. */
export function entityEdits(names: Placeholders): Map<string, edits.Edit[]> {
  const { entity, Entity, prefix } = names;
  const decisions = [`create${Entity!}`, `rename${Entity!}`].map(
    (mutation) => `${mutation}: { notAudited: 'only its owner sees it' },\n`,
  );
  return new Map([
    [
      'src/ids.ts',
      [
        edits.declareUnlessKnown('userIds', `export const userIds = idType('usr');`),
        edits.append(`\nexport const ${entity!}Ids = idType('${prefix!}');\n`),
      ],
    ],
    [
      'src/models.ts',
      [
        edits.addImport(`type ${Entity!}`, './__generated__/prisma/client.js'),
        edits.append(`\nexport type ${Entity!}Model = ${Entity!};\n`),
      ],
    ],
    ['src/messages.ts', [edits.addTo('defineMessages', renderFragment('message.ts', names))]],
    ['src/audited.ts', decisions.map((item) => edits.addTo('audited', item))],
  ]);
}

/** What an existing subgraph's files gain by one more slice. */
function wiring({ slice, sliceCamel, Slice, Entity }: Placeholders): Map<string, edits.Edit[]> {
  const door = `./${slice!}/index.js`;
  return new Map([
    [
      'src/context.ts',
      [
        edits.addImport(`type ${Entity!}Loaders, ${Slice!}`, door),
        edits.addMember('Services', sliceCamel!, Slice!),
        edits.addToIntersection('Context', 'loaders', `${Entity!}Loaders`),
      ],
    ],
    [
      'src/subgraph.ts',
      [
        edits.addImport(`create${Entity!}Loaders, create${Slice!}, ${sliceCamel!}Slice`, door),
        edits.addTo('services', `${sliceCamel!}: create${Slice!}({ db, clock, outbox })`),
        edits.addTo('slices', `${sliceCamel!}Slice`),
        edits.addTo('loaders', `...create${Entity!}Loaders(db, base.viewer)`),
      ],
    ],
  ]);
}

/** One more slice of an existing subgraph, wired in, with its table. Reads only. */
export function planSlice(request: SliceRequest): { names: Placeholders; changes: Changes } {
  const { root } = request;
  const names = placeholdersOf(request);
  const [home, model] = [`subgraphs/${names['subgraph']!}`, `prisma/${names['subgraph']!}`];
  if (!existsSync(path.join(root, home, 'src/subgraph.ts'))) throw new Refusal(`There is no ${home}.`);
  if (!existsSync(path.join(root, home, 'src/messages.ts')))
    throw new Refusal(`${home} publishes no messages, so it owns no entities: this skeleton has one.`);
  const modelFile = `${model}/${names['slice']!}.prisma`;
  const taken = [`${home}/src/${names['slice']!}`, `${home}/src/${names['slice']!}.ts`, modelFile].find(
    (file) => file === `${home}/src/testing` || existsSync(path.join(root, file)),
  );
  if (taken) throw new Refusal(`${taken} is taken: give the slice another name.`);
  assertNoModel(dataModelOf(root, names['subgraph']!), names['Entity']!, names['table']!);
  const files = new Map([[modelFile, renderFragment('model.prisma', names)]]);
  for (const [file, steps] of [...wiring(names), ...entityEdits(names)])
    files.set(`${home}/${file}`, edit(`${home}/${file}`, read(root, `${home}/${file}`), steps));
  const folders = new Map([
    [`${home}/src/${names['slice']!}`, sliceFolder(root, names)],
    [
      `${model}/migrations/${migrationFolder(`add_${names['table']!}`)}`,
      new Map([['migration.sql', renderFragment('migration.sql', names)]]),
    ],
  ]);
  return { names, changes: { folders, files } };
}

/** Applies edits; what does not fit is refused with the file's name. */
export function edit(file: string, text: string, steps: readonly edits.Edit[]): string {
  try {
    return steps.reduce((current, step) => step(current), text);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`${file}: ${error.message}`) : error;
  }
}

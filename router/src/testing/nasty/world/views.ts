import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  Kind,
  parse,
  visit,
  type ConstDirectiveNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** One subgraph's part of the world, read from its SDL. */
export interface View {
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** Resolvable keys, by type. */
  readonly keys: ReadonlyMap<string, readonly SelectionSetNode[]>;
  /** By `Type.field`. */
  readonly requires: ReadonlyMap<string, SelectionSetNode>;
  /** Subgraphs that lost a field to this one for good, by `Type.field`. */
  readonly overrides: ReadonlyMap<string, string>;
  readonly interfaceObjects: ReadonlySet<string>;
  /** Names of fields that are there without being told. */
  readonly provided: ReadonlySet<string>;
  /** Names of fields in keys and requirements. */
  readonly mentioned: ReadonlySet<string>;
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable",
  "@external", "@requires", "@provides", "@inaccessible", "@override", "@interfaceObject", "@extends", "@tag"])\n`;

export const completeSdl = (sdl: string): string =>
  sdl.startsWith('# federation 1') || sdl.includes('@link(') ? sdl : link + sdl;

export function readView(name: string, sdl: string): View {
  const typeDefs = parse(sdl);
  const keys = new Map<string, SelectionSetNode[]>();
  const requires = new Map<string, SelectionSetNode>();
  const overrides = new Map<string, string>();
  const interfaceObjects = new Set<string>();
  const provided = new Set<string>();
  const fieldSets: SelectionSetNode[] = [];
  for (const type of typeDefs.definitions) {
    if (!('fields' in type)) continue;
    const owner = type.name.value;
    for (const directive of type.directives ?? []) {
      if (directive.name.value === 'interfaceObject') interfaceObjects.add(owner);
      if (directive.name.value !== 'key') continue;
      const set = fieldSet(textArgument(directive, 'fields') ?? '');
      fieldSets.push(set);
      if (!isFalse(directive, 'resolvable')) keys.set(owner, [...(keys.get(owner) ?? []), set]);
    }
    for (const field of type.fields ?? []) {
      for (const directive of field.directives ?? []) {
        const coordinate = `${owner}.${field.name.value}`;
        const kind = directive.name.value;
        const set = () => fieldSet(textArgument(directive, 'fields') ?? '');
        if (kind === 'requires') {
          requires.set(coordinate, set());
          fieldSets.push(set());
        }
        if (kind === 'provides') visit(set(), { Field: ({ name }) => void provided.add(name.value) });
        if (kind === 'override' && textArgument(directive, 'label') === undefined) {
          overrides.set(coordinate, textArgument(directive, 'from') ?? '');
        }
      }
    }
  }
  const schema = buildSubgraphSchema({ typeDefs });
  return {
    name,
    schema,
    keys,
    requires,
    overrides,
    interfaceObjects,
    provided,
    mentioned: mentionedIn(fieldSets),
  };
}

/** Names of fields are enough: to spare too many fields from faults does no harm. */
function mentionedIn(sets: readonly SelectionSetNode[]): Set<string> {
  const names = new Set<string>();
  for (const set of sets) visit(set, { Field: ({ name }) => void names.add(name.value) });
  return names;
}

function fieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${text} is no set of fields.`);
  return definition.selectionSet;
}

function textArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

const isFalse = (directive: ConstDirectiveNode, name: string): boolean =>
  directive.arguments?.some(
    ({ name: { value }, value: given }) => value === name && given.kind === Kind.BOOLEAN && !given.value,
  ) ?? false;

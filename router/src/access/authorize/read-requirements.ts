import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type ConstValueNode,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { linkedDirectives } from '../linked-directives.js';
import type { Requirement } from './requirement.js';

/** What the schema demands, by index into `all`. */
export interface SchemaRequirements {
  readonly all: readonly Requirement[];
  ofType(typeName: string): readonly number[];
  /** Of the field itself and of what it answers: an object, interface, union, scalar or enum. */
  ofField(typeName: string, fieldName: string): readonly number[];
}

const none: readonly number[] = [];

/**
 * The requirements of a supergraph: @authenticated, @requiresScopes and @policy (specs.apollo.dev, v0.1 of each)
 * under the names its links give them. Equal requirements have one index.
 */
export function readRequirements(source: GraphQLSchema): SchemaRequirements {
  const all: Requirement[] = [];
  const known = new Map<string, number>();
  const indexOf = (requirement: Requirement): number => {
    const key = JSON.stringify(requirement);
    const index = known.get(key) ?? all.push(requirement) - 1;
    known.set(key, index);
    return index;
  };
  const readers = directiveReaders(source);
  const read = (nodes: readonly AstNode[]): readonly number[] => {
    const directives = nodes.flatMap((node) => node?.directives ?? []);
    return directives.flatMap((node) => {
      const reader = readers.get(node.name.value);
      return reader ? [indexOf(reader(node))] : [];
    });
  };

  const types = new Map<string, readonly number[]>();
  const fields = new Map<string, readonly number[]>();
  if (readers.size > 0) {
    for (const type of Object.values(source.getTypeMap())) {
      types.set(type.name, read([type.astNode, ...type.extensionASTNodes]));
    }
    for (const [place, own, answer] of fieldsOf(source)) {
      fields.set(place, [...new Set([...read([own]), ...(types.get(answer.name) ?? none)])]);
    }
  }
  return {
    all,
    ofType: (typeName) => types.get(typeName) ?? none,
    ofField: (typeName, fieldName) => fields.get(`${typeName}.${fieldName}`) ?? none,
  };
}

type AstNode = { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;

function* fieldsOf(
  source: GraphQLSchema,
): Generator<[place: string, own: AstNode, answer: GraphQLNamedType]> {
  for (const type of Object.values(source.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field.astNode, getNamedType(field.type)];
    }
  }
}

type Reader = (node: ConstDirectiveNode) => Requirement;

function directiveReaders(source: GraphQLSchema): Map<string, Reader> {
  const specified: [name: string, reader: Reader][] = [
    ['authenticated', () => ({ kind: 'authenticated' })],
    ['requiresScopes', (node) => ({ kind: 'scopes', anyOf: alternatives(node, 'scopes') })],
    ['policy', (node) => ({ kind: 'policies', anyOf: alternatives(node, 'policies') })],
  ];
  return new Map(
    specified.flatMap(([name, reader]) => {
      const here = linkedDirectives(source, name)(name);
      return here === undefined ? [] : [[here, reader]];
    }),
  );
}

/** `[["a", "b"], ["c"]]`; single values stand for lists of one, as everywhere in GraphQL. */
function alternatives(node: ConstDirectiveNode, argumentName: string): string[][] {
  const value = node.arguments?.find(({ name }) => name.value === argumentName)?.value;
  return listOf(value).map((item) => listOf(item).map((name) => String(valueFromASTUntyped(name))));
}

const listOf = (value: ConstValueNode | undefined): readonly ConstValueNode[] =>
  value === undefined ? [] : value.kind === Kind.LIST ? value.values : [value];

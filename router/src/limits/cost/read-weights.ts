import {
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type GraphQLSchema,
} from 'graphql';
import { linkedDirectives } from '../../access/linked-directives.js';
import type { CostWeights } from '../../execution/executable.js';

/** What @cost and @listSize say, defaults included. */
export interface Weights extends CostWeights {
  /** Of a leaf or input type: what @cost says. */
  ofType(typeName: string): number | undefined;
  ofArgument(parentType: string, fieldName: string, argument: string): number | undefined;
  ofInputField(typeName: string, fieldName: string): number | undefined;
  listSize(parentType: string, fieldName: string): ListSize | undefined;
}

/** https://ibm.github.io/graphql-specs/cost-spec.html, section on @listSize */
export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Names of arguments; `input.first` for a field of one. */
  readonly slicingArguments: readonly string[];
  /** Of the answer: these lists have the size, not the field itself. */
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

type AstNode = { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;

/**
 * Reads the weights of a supergraph (specs.apollo.dev/cost/v0.1, under the names its link gives). Without @cost an
 * object weighs 1 and a leaf nothing. A field of an object for which nothing is said goes by that of its interfaces.
 */
export function readWeights(source: GraphQLSchema): Weights {
  const linked = linkedDirectives(source, 'cost');
  const [costName, listSizeName] = [linked('cost'), linked('listSize')];
  const costs = new Map<string, number>();
  const sizes = new Map<string, ListSize>();
  const read = (place: string, nodes: readonly AstNode[]) => {
    for (const directive of nodes.flatMap((node) => node?.directives ?? [])) {
      const name = directive.name.value;
      if (name === costName) costs.set(place, weightOf(argumentsOf(directive)));
      if (name === listSizeName) sizes.set(place, listSizeOf(argumentsOf(directive)));
    }
  };

  const composite = new Set<string>();
  const leafOf = new Map<string, string>();
  for (const type of Object.values(source.getTypeMap())) {
    read(type.name, [type.astNode, ...type.extensionASTNodes]);
    if (isCompositeType(type)) composite.add(type.name);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields()))
        read(`${type.name}.${field.name}`, [field.astNode]);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const place = `${type.name}.${field.name}`;
      read(place, [field.astNode]);
      const answer = getNamedType(field.type);
      if (!isCompositeType(answer)) leafOf.set(place, answer.name);
      for (const argument of field.args) read(`${place}(${argument.name})`, [argument.astNode]);
    }
  }
  inherit(source, costs);
  inherit(source, sizes);

  return {
    ofType: (typeName) => costs.get(typeName),
    type: (typeName) => costs.get(typeName) ?? (composite.has(typeName) ? 1 : 0),
    field: (parentType, fieldName) => {
      const place = `${parentType}.${fieldName}`;
      return costs.get(place) ?? costs.get(leafOf.get(place) ?? '') ?? 0;
    },
    ofArgument: (parentType, fieldName, argument) => costs.get(`${parentType}.${fieldName}(${argument})`),
    ofInputField: (typeName, fieldName) => costs.get(`${typeName}.${fieldName}`),
    listSize: (parentType, fieldName) => sizes.get(`${parentType}.${fieldName}`),
  };
}

function inherit(source: GraphQLSchema, known: Map<string, unknown>): void {
  for (const type of Object.values(source.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const name of Object.keys(type.getFields())) {
      const place = `${type.name}.${name}`;
      const said = type.getInterfaces().map((parent) => known.get(`${parent.name}.${name}`));
      const inherited = said.find((value) => value !== undefined);
      if (inherited !== undefined && !known.has(place)) known.set(place, inherited);
    }
  }
}

const argumentsOf = (directive: ConstDirectiveNode): Record<string, unknown> =>
  Object.fromEntries(
    (directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );

/** Less than nothing would let one field pay for others. */
const weightOf = ({ weight }: Record<string, unknown>): number => Math.max(0, Number(weight) || 0);

const listSizeOf = (given: Record<string, unknown>): ListSize => ({
  assumedSize: typeof given['assumedSize'] === 'number' ? given['assumedSize'] : undefined,
  slicingArguments: words(given['slicingArguments']),
  sizedFields: words(given['sizedFields']),
  requireOneSlicingArgument: given['requireOneSlicingArgument'] !== false,
});

const words = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((word): word is string => typeof word === 'string');

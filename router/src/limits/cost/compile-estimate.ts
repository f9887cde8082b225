import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  typeFromAST,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Selected } from '../../access/authorize/authorization.js';
import { conditional } from './conditional.js';
import { argumentsCost } from './input-cost.js';
import { orDefault, sizeOf } from './list-size.js';
import type { Weights } from './read-weights.js';
import { add, largest, multiply, once, type Sum } from './sum.js';

export interface EstimateParts {
  readonly schema: GraphQLSchema;
  readonly weights: Weights;
  /** Items of a list of which nothing is said. */
  readonly listSize: number;
}

/** Lists of the selection that their parent's @listSize sizes. */
interface Sized {
  readonly fields: readonly string[];
  readonly size: Sum;
  /** Of no two alike. */
  readonly id: number;
}

interface FieldParts {
  readonly fixed: Sum;
  readonly size: Sum;
  /** Lists in lists. */
  readonly levels: number;
  /** Of one item. */
  readonly item: Sum;
}

const mutationCost = 10;

/**
 * What an operation will cost at most, if lists are as long as they say: the IBM cost specification. Each field costs
 * its own weight once, and for each item that of its object and of what is selected below it; an interface or union
 * costs what the dearest of its types does. Every selection is compiled once for each type it may stand on, so the
 * work is bounded by the document, whatever its fragments spread.
 */
export function compileEstimate(
  { schema, weights, listSize }: EstimateParts,
  { definition, fragments }: Selected,
): Sum {
  const compiled = new Map<SelectionSetNode, Map<string, Sum>>();
  const parts = new Map<FieldNode, Map<string, FieldParts>>();
  let sizedCount = 0;

  const setCost = (set: SelectionSetNode, type: GraphQLObjectType, sized?: Sized): Sum => {
    const known = compiled.get(set) ?? new Map<string, Sum>();
    compiled.set(set, known);
    const key = sized ? `${type.name} ${sized.id}` : type.name;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, 0); // A cycle of fragments, which validation refuses, ends here.
    const cost = once(add(...set.selections.map((selection) => selectionCost(selection, type, sized))));
    known.set(key, cost);
    return cost;
  };

  const selectionCost = (selection: SelectionNode, type: GraphQLObjectType, sized?: Sized): Sum => {
    if (selection.kind === Kind.FIELD) {
      const field = type.getFields()[selection.name.value];
      return field ? conditional(selection, () => fieldCost(selection, field, type, sized)) : 0;
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (!fragment || !applies(fragment.typeCondition, type)) return 0;
    return conditional(selection, () => setCost(fragment.selectionSet, type, sized));
  };

  const fieldCost = (
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    type: GraphQLObjectType,
    sized?: Sized,
  ): Sum => {
    const { fixed, size, levels, item } = fieldParts(node, field, type);
    if (levels === 0) return add(fixed, item);
    const own = sized?.fields.includes(field.name) ? sized.size : size;
    return add(fixed, multiply(multiply(own, listSize ** (levels - 1)), item));
  };

  /** All of a field but what its parent says of its size; the same wherever a fragment brings the field. */
  const fieldParts = (node: FieldNode, field: GraphQLField<unknown, unknown>, type: GraphQLObjectType) => {
    const known = parts.get(node) ?? new Map<string, FieldParts>();
    parts.set(node, known);
    const before = known.get(type.name);
    if (before) return before;
    const said = weights.listSize(type.name, field.name);
    const size = said && once(sizeOf(node, field, `${type.name}.${field.name}`, said));
    const sizes = orDefault(size, listSize);
    const isSizing = said !== undefined && said.sizedFields.length > 0;
    const below = isSizing ? { fields: said.sizedFields, size: sizes, id: (sizedCount += 1) } : undefined;
    const made: FieldParts = {
      fixed: add(
        weights.field(type.name, field.name),
        argumentsCost(node, field, type.name, weights),
        looked(size),
      ),
      size: isSizing ? listSize : sizes,
      levels: listLevels(field.type),
      item: itemCost(node, field.type, below),
    };
    known.set(type.name, made);
    return made;
  };

  const itemCost = (node: FieldNode, type: GraphQLOutputType, sized?: Sized): Sum => {
    const named = getNamedType(type);
    const set = node.selectionSet;
    if (!isCompositeType(named) || !set) return 0;
    const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
    return largest(possible.map((object) => add(weights.type(object.name), setCost(set, object, sized))));
  };

  const applies = (condition: NamedTypeNode | undefined, type: GraphQLObjectType): boolean => {
    const wanted = condition ? typeFromAST(schema, condition) : type;
    if (!isCompositeType(wanted)) return false;
    return isObjectType(wanted) ? wanted === type : schema.isSubType(wanted, type);
  };

  const root = schema.getRootType(definition.operation);
  if (!root) return 0;
  return add(
    definition.operation === OperationTypeNode.MUTATION ? mutationCost : 0,
    setCost(definition.selectionSet, root),
  );
}

function listLevels(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listLevels(type.ofType);
  return isListType(type) ? 1 + listLevels(type.ofType) : 0;
}

/** Costs nothing, and sees to it that what is asked for is recorded even where a list weighs nothing. */
const looked = (size: Sum | undefined): Sum => {
  if (size === undefined || typeof size === 'number') return 0;
  return (run) => 0 * size(run);
};

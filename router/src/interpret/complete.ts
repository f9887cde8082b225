import {
  isLeafType,
  isListType,
  isNonNullType,
  type GraphQLCompositeType,
  type GraphQLFormattedError,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';
import type { CostWeights, ExecutableParts } from '../execution/executable.js';
import type { ResponseField, Selections } from '../plan/shape.js';
import type { Cause, Faults } from './faults.js';
import { introspect } from './introspection.js';
import { actualType } from './actual-type.js';
import { completeLeaf } from './leaf.js';
import type { ResponsePath } from './targets.js';
import { createTree, isTree, type Tree } from './tree.js';

export interface CompletionOptions {
  readonly parts: ExecutableParts;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly faults: Faults;
}

export interface Completion {
  readonly data: Tree | null;
  readonly cost?: number;
}

/** Stands for null where the type has no null: whatever holds it is null instead. Its error is reported already. */
const invalid = Symbol('null in non-null');

/** Where completion stands: the field, its place, and what is to blame for anything missing there. */
interface At {
  readonly field: ResponseField;
  readonly parent: GraphQLObjectType | GraphQLInterfaceType;
  readonly place: ResponsePath;
  readonly causes: readonly Cause[];
}

/** Makes the response from the merged answers, by CompleteValue of the GraphQL specification (section 6.4.3). */
export function complete(tree: Tree, { parts, variables, faults }: CompletionOptions): Completion {
  const { shape, supergraph, weights } = parts;
  const schema = supergraph.apiSchema;
  let cost = 0;
  const data = completeObject(tree, shape.rootType, shape.root, [], []);
  return { data: data === invalid ? null : data, ...(weights && { cost }) };

  function completeObject(
    object: Tree,
    type: GraphQLObjectType | GraphQLInterfaceType,
    selections: Selections,
    place: ResponsePath,
    inherited: readonly Cause[],
  ): Tree | typeof invalid {
    const own = faults.causesOf(object);
    const causes = own.length > 0 ? [...own, ...inherited] : inherited;
    const completed = createTree();
    for (const field of selections.fieldsOf(type)) {
      const at = { field, parent: type, place: [...place, field.key], causes };
      const value = completeField(object, at);
      if (value === invalid) return invalid;
      completed[field.responseName] = value;
      cost += fieldCost(weights, type, field);
    }
    return completed;
  }

  function completeField(object: Tree, at: At): unknown {
    const { field, parent, place } = at;
    if (field.forbidden) {
      const { message, code } = field.forbidden;
      faults.report({ message, extensions: { code } }, place, field.forbidden);
      return isNonNullType(field.type) ? invalid : null;
    }
    if (field.fieldName === '__typename') return parent.name;
    if (field.fieldName === '__schema' || field.fieldName === '__type')
      return introspect(field, shape, schema, variables);
    return completeValue(field.type, object[field.key], at);
  }

  function completeValue(type: GraphQLOutputType, value: unknown, at: At): unknown {
    if (isNonNullType(type)) {
      const completed = completeValue(type.ofType, value, at);
      if (completed !== null) return completed;
      if (!faults.isExplained(at.place)) reportNull(value, at);
      return invalid;
    }
    if (value === undefined) reportMissing(at);
    if (value === undefined || value === null) return null;
    if (isListType(type)) return completeList(type.ofType, value, at);
    if (isLeafType(type)) {
      const completed = completeLeaf(type, value);
      return completed === undefined ? refuse(`no ${type.name}`, at) : completed;
    }
    return completeComposite(type, value, at);
  }

  function completeList(itemType: GraphQLOutputType, value: unknown, at: At): unknown {
    if (!Array.isArray(value)) return refuse('no list', at);
    const items: unknown[] = [];
    for (const [index, item] of value.entries()) {
      const completed = completeValue(itemType, item ?? null, { ...at, place: [...at.place, index] });
      if (completed === invalid) return null;
      items.push(completed);
    }
    return items;
  }

  function completeComposite(type: GraphQLCompositeType, value: unknown, at: At): unknown {
    if (!isTree(value) || !at.field.selections) return refuse('no object', at);
    const actual = actualType(type, value, at.field.selections, schema);
    if (!actual) {
      const cause = faults.causesOf(value).find(({ error }) => error)?.error;
      if (!cause) return refuse(`no type that ${type.name} can be`, at);
      faults.report(cause, at.place);
      return null;
    }
    cost += weights?.type(actual.name) ?? 0;
    const completed = completeObject(value, actual, at.field.selections, at.place, at.causes);
    return completed === invalid ? null : completed;
  }

  function refuse(what: string, { field, parent, place }: At): null {
    const message = `A subgraph answered ${parent.name}.${field.fieldName} with ${what}.`;
    faults.report(internal(message), place, field);
    return null;
  }

  /** Null where the type has none, and nothing has told why. */
  function reportNull(value: unknown, at: At): void {
    const { field, parent, place } = at;
    const isGone = value === undefined && causeOf(at) !== undefined;
    const message = `Cannot return null for non-nullable field ${parent.name}.${field.fieldName}.`;
    faults.report(isGone ? notFound : internal(message), place, field);
  }

  /** Nothing was fetched for the field. */
  function reportMissing(at: At): void {
    const { field, parent, place } = at;
    if (faults.isExplained(place)) return;
    const cause = causeOf(at);
    if (cause?.error) faults.report(cause.error, place);
    if (cause || faults.isExplainedAbove(place)) return;
    faults.report(internal(`No subgraph has answered ${parent.name}.${field.fieldName}.`), place, field);
  }
}

/** The fetch that should have filled the field; else any that was to complete the object or what holds it. */
const causeOf = ({ causes, field }: At): Cause | undefined =>
  causes.find(({ names }) => names.has(field.key)) ?? causes[0];

const fieldCost = (weights: CostWeights | undefined, type: GraphQLNamedType, field: ResponseField): number =>
  field.fieldName.startsWith('__') ? 0 : (weights?.field(type.name, field.fieldName) ?? 0);

const internal = (message: string): GraphQLFormattedError => ({ message, extensions: { code: 'INTERNAL' } });

const notFound: GraphQLFormattedError = {
  message: 'There is no such object, or you may not see it.',
  extensions: { code: 'NOT_FOUND' },
};

import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { copy, isOfType, isTree, type Tree } from '../interpret/tree.js';
import type { Fetch, Plan } from '../plan/plan.js';
import type { Supergraph } from '../supergraph/supergraph.js';

/**
 * Plans ask every object that may be needed again for its `__typename`. Where only one object type can stand, generated
 * code knows it: subgraphs are not asked, and their answers are shorter. The interpreter wants it in the data.
 */
export interface Typenames {
  /** The plan without each `__typename` that says nothing, but for those of entities and of the root. */
  readonly plan: Plan;
  /**
   * A copy of what a fetch of that plan answered, as the whole plan would have had it. `typeName` is the type of the
   * object that is asked for; needed where it has no `__typename` of its own.
   */
  restore(fetch: Fetch, data: Tree, typeName?: string): Tree;
}

export function createTypenames(plan: Plan, { sourceSchema, subgraphs }: Supergraph): Typenames {
  return {
    plan: { ...plan, fetches: plan.fetches.map(shortened) },
    restore: ({ id }, data, typeName) => {
      const restored = copy(data);
      const fetch = plan.fetches[id];
      if (fetch) restoreFields(restored, objectsOf(fetch), { fetch, type: rootOf(fetch) }, typeName);
      return restored;
    },
  };

  function shortened(fetch: Fetch): Fetch {
    const { document } = fetch;
    const selectionSet = without(document.selectionSet, { fetch, type: rootOf(fetch) });
    return { ...fetch, document: { ...document, selectionSet } };
  }

  function without(set: SelectionSetNode, place: Place): SelectionSetNode {
    const selections = set.selections.flatMap((selection): SelectionNode | readonly SelectionNode[] => {
      if (isTypename(selection)) return place.only === undefined ? selection : [];
      if (!('selectionSet' in selection) || !selection.selectionSet) return selection;
      const selectionSet = without(selection.selectionSet, below(place, selection));
      if (selectionSet.selections.length > 0) return { ...selection, selectionSet };
      // Something has to be asked of the objects of a field.
      return selection.kind === Kind.FIELD ? selection : [];
    });
    return { ...set, selections };
  }

  function restoreFields(object: Tree, set: SelectionSetNode, place: Place, typeName?: string): void {
    for (const selection of set.selections) {
      if (isTypename(selection)) {
        if (place.only !== undefined) object['__typename'] ??= place.only;
      } else if (selection.kind === Kind.FIELD && selection.selectionSet) {
        const value = object[selection.alias?.value ?? selection.name.value];
        restoreValue(value, selection.selectionSet, below(place, selection));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        const known = { __typename: object['__typename'] ?? typeName };
        if (condition === undefined || isOfType(known, condition, sourceSchema, true))
          restoreFields(object, selection.selectionSet, below(place, selection), typeName);
      }
    }
  }

  function restoreValue(value: unknown, set: SelectionSetNode, place: Place): void {
    if (Array.isArray(value)) for (const item of value) restoreValue(item, set, place);
    else if (isTree(value)) restoreFields(value, set, place, place.only);
  }

  /** Where the selections of a field or fragment stand. */
  function below({ fetch, type, only }: Place, selection: SelectionNode): Place {
    if (selection.kind !== Kind.FIELD) {
      const condition = selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition?.name.value : type;
      return { fetch, type: condition ?? type, only };
    }
    const parent = type === undefined ? undefined : sourceSchema.getType(type);
    const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : {};
    const field = fields[selection.name.value];
    if (!field) return { fetch };
    const { name } = getNamedType(field.type);
    return { fetch, type: name, ...(isOne(name, fetch) && { only: name }) };
  }

  /** Whether all objects of a type have that very type, to this subgraph and to clients. */
  function isOne(type: string, { subgraph: name }: Fetch): boolean {
    const subgraph = subgraphs.get(name);
    const possible = subgraph?.possibleTypes(type);
    const isObject = isObjectType(sourceSchema.getType(type)) && !subgraph?.isInterfaceObject(type);
    return isObject && possible?.size === 1 && possible.has(type);
  }

  function rootOf({ document }: Fetch): string | undefined {
    return sourceSchema.getRootType(document.operation)?.name;
  }
}

/** Where a selection set stands. */
interface Place {
  readonly fetch: Fetch;
  /** The type its fields are of; undefined for `_entities`, which no supergraph has. */
  readonly type?: string | undefined;
  /** The one type that objects there can have. */
  readonly only?: string | undefined;
}

/** The selections that are about the objects which a fetch answers: its entities or its root. */
function objectsOf({ document, requires }: Fetch): SelectionSetNode {
  const [first] = document.selectionSet.selections;
  const entities = requires && first?.kind === Kind.FIELD ? first.selectionSet : undefined;
  return entities ?? document.selectionSet;
}

const isTypename = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD && selection.name.value === '__typename' && !selection.alias;

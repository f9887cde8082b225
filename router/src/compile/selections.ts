import { getNamedType, isInterfaceType, isObjectType, Kind, type SelectionSetNode } from 'graphql';
import type { Fetch, Rewrite } from '../plan/plan.js';
import type { Supergraph, SupergraphSubgraph } from '../supergraph/supergraph.js';
import { decline } from './declined.js';

/** One field that a fetch asks of the objects at some place. */
export interface Selected {
  /** Unique in one compilation. */
  readonly id: number;
  /** Its name in the subgraph's answer. */
  readonly key: string;
  /** Its name in the response, which output rewrites give it. */
  readonly name: string;
  readonly fieldName: string;
  /** The concrete types of objects that it is asked of. */
  readonly types: ReadonlySet<string>;
  /** Concrete types of its value, as this subgraph knows them. Undefined when the value is a leaf. */
  readonly valueTypes?: ReadonlySet<string>;
  /** How many lists its values are wrapped in. */
  readonly depth: number;
  readonly children: readonly Selected[];
}

export type SelectionsOf = (fetch: Fetch) => readonly Selected[];

/** Reads the documents of fetches; what it returns for a fetch is always the same array. */
export function createSelections(supergraph: Supergraph): SelectionsOf {
  const known = new Map<number, readonly Selected[]>();
  let nextId = 0;
  return (fetch) => {
    const selections = known.get(fetch.id) ?? read(fetch);
    known.set(fetch.id, selections);
    return selections;
  };

  function read(fetch: Fetch): readonly Selected[] {
    const subgraph = supergraph.subgraphs.get(fetch.subgraph) ?? decline(`no subgraph ${fetch.subgraph}`);
    const { selectionSet, operation } = fetch.document;
    if (!fetch.requires) {
      if (fetch.path.length > 0) decline('a root fetch below the root');
      const root = supergraph.apiSchema.getRootType(operation)?.name ?? decline('no root type');
      return rewritten(fields(selectionSet, root, new Set([root]), subgraph), fetch, subgraph);
    }
    const [entities] = selectionSet.selections;
    if (entities?.kind !== Kind.FIELD || !entities.selectionSet) decline('an entity fetch without _entities');
    return rewritten(fields(entities.selectionSet, undefined, undefined, subgraph), fetch, subgraph);
  }

  /** Without a type for anything that `_entities` may answer. */
  function fields(
    set: SelectionSetNode,
    parent: string | undefined,
    types: ReadonlySet<string> | undefined,
    subgraph: SupergraphSubgraph,
  ): Selected[] {
    return set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) decline('a named fragment in a fetch');
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        const narrowed = condition === undefined ? types : both(types, typesOf(condition, subgraph));
        return fields(selection.selectionSet, condition ?? parent, narrowed, subgraph);
      }
      const fieldName = selection.name.value;
      const key = selection.alias?.value ?? fieldName;
      // `__typename` of entities outside of any fragment says nothing that is not known.
      if (parent === undefined || types === undefined) return [];
      const one = { id: nextId++, key, name: key, fieldName, types, depth: 0, children: [] };
      if (!selection.selectionSet) return one;
      const { type, depth } = valueType(parent, fieldName);
      const valueTypes = subgraph.possibleTypes(type);
      const childTypes = typesOf(type, subgraph);
      return {
        ...one,
        depth,
        valueTypes,
        children: fields(selection.selectionSet, type, childTypes, subgraph),
      };
    });
  }

  /** What an object of a type may be; what is asked of an interface object is told of all that implement it. */
  function typesOf(typeName: string, subgraph: SupergraphSubgraph): ReadonlySet<string> {
    const possible = subgraph.possibleTypes(typeName);
    const type = supergraph.sourceSchema.getType(typeName);
    if (!subgraph.isInterfaceObject(typeName) || !isInterfaceType(type)) return possible;
    const implementing = supergraph.sourceSchema.getPossibleTypes(type).map(({ name }) => name);
    return new Set([...possible, ...implementing]);
  }

  /** The named type of a field, and how many lists it is wrapped in. */
  function valueType(parentName: string, fieldName: string): { type: string; depth: number } {
    const parent = supergraph.sourceSchema.getType(parentName);
    if (!isObjectType(parent) && !isInterfaceType(parent)) decline(`a field of ${parentName}`);
    const field = parent.getFields()[fieldName] ?? decline(`an unknown field ${parentName}.${fieldName}`);
    const depth = String(field.type).split('[').length - 1;
    return { type: getNamedType(field.type).name, depth };
  }

  function rewritten(
    selections: Selected[],
    fetch: Fetch,
    subgraph: SupergraphSubgraph,
  ): readonly Selected[] {
    return fetch.outputRewrites.reduce<readonly Selected[]>((done, rewrite) => {
      if (rewrite.kind !== 'KeyRenamer') decline('an answer in which values are set');
      return renamed(done, rewrite.path, rewrite, undefined, subgraph);
    }, selections);
  }

  function renamed(
    selections: readonly Selected[],
    path: readonly string[],
    rewrite: Extract<Rewrite, { kind: 'KeyRenamer' }>,
    types: ReadonlySet<string> | undefined,
    subgraph: SupergraphSubgraph,
  ): readonly Selected[] {
    const [element = '', ...rest] = path;
    const condition = typeCondition(element);
    if (condition !== undefined) {
      const narrowed = both(types, typesOf(condition, subgraph));
      return renamed(selections, rest, rewrite, narrowed, subgraph);
    }
    if (element === '@') return renamed(selections, rest, rewrite, types, subgraph);
    return selections.flatMap((one) => {
      const affected = types ? both(types, one.types) : one.types;
      if (one.name !== element || affected.size === 0) return one;
      const changed: Selected =
        rest.length === 0
          ? { ...one, id: nextId++, types: affected, name: rewrite.renameKeyTo }
          : {
              ...one,
              id: nextId++,
              types: affected,
              children: renamed(one.children, rest, rewrite, undefined, subgraph),
            };
      const others = new Set([...one.types].filter((type) => !affected.has(type)));
      return others.size === 0 ? changed : [changed, { ...one, types: others }];
    });
  }
}

const both = (some: ReadonlySet<string> | undefined, others: ReadonlySet<string>): ReadonlySet<string> =>
  some ? new Set([...some].filter((type) => others.has(type))) : others;

/** The type of an element `... on Type` of a rewrite's path. */
export const typeCondition = (element: string): string | undefined =>
  element.startsWith('... on ') ? element.slice('... on '.length) : undefined;

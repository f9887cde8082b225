import {
  Kind,
  print,
  stripIgnoredCharacters,
  type FieldNode,
  type NameNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { Fetch, Plan } from '../plan/plan.js';
import { decline } from './declined.js';
import { schedule, type Group } from './schedule.js';

/** One request to one subgraph, made of one or more fetches of the plan. */
export interface GraphRequest {
  readonly id: number;
  readonly subgraph: string;
  /** The hop it is sent in at the latest: the longest chain of requests that it waits for. */
  readonly level: number;
  readonly kind: Plan['kind'];
  /** Ids of the fetches it carries. */
  readonly fetches: readonly number[];
  readonly roots: readonly RootPart[];
  readonly entities: readonly EntityPart[];
  /** Ids of requests. */
  readonly waitsFor: readonly number[];
  readonly query: string;
  /** The client's variables that it carries. */
  readonly variables: readonly string[];
}

export interface RootPart {
  readonly fetch: Fetch;
  /** Of its root fields. */
  readonly names: ReadonlySet<string>;
  /** Where the answer to this request has another name for a root field: that name by the fetch's own. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Entity fetches that ask the same of maybe different places: one list of representations, one list of entities. */
export interface EntityPart {
  readonly id: number;
  readonly alias: string;
  readonly variable: string;
  readonly fetches: readonly Fetch[];
}

/** Merges the plan's fetches into as few requests as its hops allow. */
export function createRequestGraph(plan: Plan): readonly GraphRequest[] {
  const groups = schedule(plan);
  const requestOf = new Map<number, number>();
  groups.forEach(({ fetches }, id) => fetches.forEach((fetch) => requestOf.set(fetch.id, id)));
  let parts = 0;
  return groups.map((group, id) => {
    const waitsFor = new Set(
      group.fetches.flatMap((fetch) => fetch.waitsFor.map((other) => requestOf.get(other) ?? 0)),
    );
    const request = merge(group, () => parts++);
    return { id, subgraph: group.subgraph, level: group.level, ...request, waitsFor: [...waitsFor] };
  });
}

function merge({ fetches }: Group, nextPart: () => number) {
  const rootFetches = fetches.filter((fetch) => !fetch.requires);
  const taken = new Set<string>();
  const roots = rootFetches.map((fetch) => rootPart(fetch, taken));
  const variables = [...new Set(fetches.flatMap((fetch) => fetch.variables))];
  const entities = [...sameQuestions(fetches.filter((fetch) => fetch.requires))].map((same, index) => ({
    id: nextPart(),
    alias: fetches.length === 1 ? '_entities' : free(`_${index}`, taken),
    variable: fetches.length === 1 ? 'representations' : free(`r${index}`, new Set(variables)),
    fetches: same,
  }));
  const kind = fetches[0]?.document.operation ?? decline('a request without fetches');
  const query = stripIgnoredCharacters(print(documentOf(fetches, roots, entities)));
  return { kind, fetches: fetches.map(({ id }) => id), roots, entities, variables, query };
}

/** Fetches by what they ask: equal text is asked once. */
function sameQuestions(fetches: readonly Fetch[]): Iterable<readonly Fetch[]> {
  const byText = new Map<string, Fetch[]>();
  for (const fetch of fetches) {
    const text = print(entitiesField(fetch));
    byText.set(text, [...(byText.get(text) ?? []), fetch]);
  }
  return byText.values();
}

/** Marks the names of a fetch's root fields as taken; those that were taken before get another. */
function rootPart(fetch: Fetch, taken: Set<string>): RootPart {
  const names = new Set(rootFields(fetch.document.selectionSet.selections).map(responseName));
  const aliases = new Map<string, string>();
  for (const name of names) {
    const alias = free(name, taken);
    if (alias !== name) aliases.set(name, alias);
  }
  return { fetch, names, aliases };
}

function rootFields(selections: readonly SelectionNode[]): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection;
    return selection.kind === Kind.INLINE_FRAGMENT
      ? rootFields(selection.selectionSet.selections)
      : decline('a named fragment in a fetch');
  });
}

const responseName = (field: FieldNode): string => field.alias?.value ?? field.name.value;

/** The wanted name or the next one like it; taken from then on. */
function free(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 1; taken.has(name); count++) name = `_${count}_${wanted.replace(/^_+/, '')}`;
  taken.add(name);
  return name;
}

const entitiesField = ({ document }: Fetch): FieldNode => {
  const [field] = document.selectionSet.selections;
  return field?.kind === Kind.FIELD ? field : decline('an entity fetch without _entities');
};

function documentOf(
  fetches: readonly Fetch[],
  roots: readonly RootPart[],
  entities: readonly Omit<EntityPart, 'id'>[],
): OperationDefinitionNode {
  const [first] = fetches;
  if (!first) return decline('a request without fetches');
  if (fetches.length === 1) return first.document;
  const isOwn = ({ variable }: VariableDefinitionNode) => variable.name.value !== 'representations';
  const definitions = new Map(
    fetches.flatMap(({ document }) =>
      (document.variableDefinitions ?? []).filter(isOwn).map((one) => [one.variable.name.value, one]),
    ),
  );
  return {
    ...first.document,
    directives: fetches.flatMap(({ document }) => document.directives ?? []).length
      ? decline('directives on merged operations')
      : [],
    variableDefinitions: [
      ...entities.map(({ variable }) => representationsVariable(variable)),
      ...definitions.values(),
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [...roots.flatMap(rootSelections), ...entities.flatMap(entitySelection)],
    },
  };
}

function rootSelections({ fetch, aliases }: RootPart): readonly SelectionNode[] {
  const renamed = (selections: readonly SelectionNode[]): readonly SelectionNode[] =>
    selections.map((selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { selectionSet } = selection;
        return {
          ...selection,
          selectionSet: { ...selectionSet, selections: renamed(selectionSet.selections) },
        };
      }
      const alias = selection.kind === Kind.FIELD ? aliases.get(responseName(selection)) : undefined;
      return alias === undefined ? selection : { ...selection, alias: name(alias) };
    });
  return renamed(fetch.document.selectionSet.selections);
}

function entitySelection({ alias, variable, fetches }: Omit<EntityPart, 'id'>): readonly FieldNode[] {
  return fetches.slice(0, 1).map((fetch) => ({
    ...entitiesField(fetch),
    alias: name(alias),
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: name('representations'),
        value: { kind: Kind.VARIABLE, name: name(variable) },
      },
    ],
  }));
}

const representationsVariable = (variable: string): VariableDefinitionNode => ({
  kind: Kind.VARIABLE_DEFINITION,
  variable: { kind: Kind.VARIABLE, name: name(variable) },
  type: {
    kind: Kind.NON_NULL_TYPE,
    type: {
      kind: Kind.LIST_TYPE,
      type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: name('_Any') } },
    },
  },
});

const name = (value: string): NameNode => ({ kind: Kind.NAME, value });

import {
  Kind,
  visit,
  type FieldNode,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import type { RequiredVariants } from '../supergraph/required-variants.js';
import { usedVariables } from './used-variables.js';
import type { Requirement } from './plan.js';

/** What a fetch is made of, as far as stand-ins for required fields are concerned. */
export interface FetchParts {
  readonly subgraph: string;
  readonly document: OperationDefinitionNode;
  readonly requires?: readonly Requirement[];
}

/**
 * Turns the stand-ins of required fields back into the real fields: fetched under the stand-in's name, and told
 * under the real one. A representation can tell each field once only, so that a fetch whose fields require the
 * same field with different arguments becomes several.
 */
export function restoreRequired(fetch: FetchParts, variants: RequiredVariants): FetchParts[] {
  if (variants.fields.size === 0) return [fetch];
  return split(fetch, variants).map(({ requires, document, ...rest }) => ({
    ...rest,
    ...(requires && { requires: requires.map((one) => restoreRequirement(one, variants)) }),
    document: restoreFields(document, variants),
  }));
}

const restoreFields = (
  document: OperationDefinitionNode,
  { fields }: RequiredVariants,
): OperationDefinitionNode =>
  visit(document, {
    Field: (field): FieldNode | undefined => {
      const real = fields.get(field.name.value);
      return real && { ...field, ...real, alias: field.alias ?? field.name };
    },
  });

function restoreRequirement(requirement: Requirement, variants: RequiredVariants): Requirement {
  const selections = requirement.selections?.map((one) => restoreRequirement(one, variants)) ?? [];
  if (requirement.kind === 'InlineFragment') return { ...requirement, selections };
  const real = variants.fields.get(requirement.name);
  return {
    ...requirement,
    ...(requirement.selections && { selections }),
    ...(real && { name: real.name.value, alias: requirement.name }),
  };
}

interface Group {
  readonly standIns: Set<string>;
  readonly selections: SelectionNode[];
}

function split(fetch: FetchParts, variants: RequiredVariants): FetchParts[] {
  const [entities] = fetch.document.selectionSet.selections;
  if (!fetch.requires || entities?.kind !== Kind.FIELD) return [fetch];
  const groups: Group[] = [{ standIns: new Set(), selections: [] }];
  for (const { field, within } of entityFields(entities)) {
    const typeName = within.at(-1)?.typeCondition?.name.value;
    const needed = variants.requiredBy.get(`${fetch.subgraph}.${typeName}.${field.name.value}`) ?? new Set();
    let group = groups.find(({ standIns }) => agree(standIns, needed, variants));
    if (!group) groups.push((group = { standIns: new Set(), selections: [] }));
    for (const name of needed) group.standIns.add(name);
    group.selections.push(wrap(field, within));
  }
  return groups.length === 1 ? [fetch] : groups.map((group) => partOf(fetch, entities, group, variants));
}

/** The fields of the entities, each with the fragments around it, outermost first. */
function entityFields(
  { selectionSet }: FieldNode | InlineFragmentNode,
  within: readonly InlineFragmentNode[] = [],
): { field: FieldNode; within: readonly InlineFragmentNode[] }[] {
  return (selectionSet?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [{ field: selection, within }];
    return selection.kind === Kind.INLINE_FRAGMENT ? entityFields(selection, [...within, selection]) : [];
  });
}

const wrap = (field: FieldNode, within: readonly InlineFragmentNode[]): SelectionNode =>
  within.reduceRight<SelectionNode>(
    (selection, fragment) => ({
      ...fragment,
      selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] },
    }),
    field,
  );

/** Whether one representation can tell both: no two stand-ins stand for one field. */
function agree(
  some: ReadonlySet<string>,
  others: ReadonlySet<string>,
  { fields }: RequiredVariants,
): boolean {
  const realName = (name: string) => fields.get(name)?.name.value;
  return [...others].every((other) =>
    [...some].every((one) => one === other || realName(one) !== realName(other)),
  );
}

function partOf(
  fetch: FetchParts,
  entities: FieldNode,
  group: Group,
  variants: RequiredVariants,
): FetchParts {
  const selectionSet = { kind: Kind.SELECTION_SET as const, selections: group.selections };
  const document: OperationDefinitionNode = {
    ...fetch.document,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [{ ...entities, selectionSet }] },
  };
  const used = usedVariables([document.selectionSet]);
  const variableDefinitions = fetch.document.variableDefinitions?.filter((one) =>
    used.has(one.variable.name.value),
  );
  const isKept = (name: string) => group.standIns.has(name) || !variants.fields.has(name);
  return {
    ...fetch,
    requires: keepRequirements(fetch.requires ?? [], isKept),
    document: { ...document, variableDefinitions: variableDefinitions ?? [] },
  };
}

function keepRequirements(
  requirements: readonly Requirement[],
  isKept: (name: string) => boolean,
): Requirement[] {
  return requirements.flatMap((requirement): Requirement[] => {
    if (requirement.kind === 'Field' && !isKept(requirement.name)) return [];
    if (!requirement.selections) return [requirement];
    const selections = keepRequirements(requirement.selections, isKept);
    return selections.length === 0 ? [] : [{ ...requirement, selections }];
  });
}

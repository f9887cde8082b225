import { operationFromDocument } from '@apollo/federation-internals';
import type { FetchNode, PlanNode, QueryPlan, QueryPlanner, SubscriptionNode } from '@apollo/query-planner';
import { Kind, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { PlannableSupergraph, SupergraphSubgraph } from '../supergraph/supergraph.js';
import { dataDependencies } from './dependencies.js';
import type { Fetch, Plan, Requirement } from './plan.js';
import { hasManyWays, isOverLimit } from './planner-limits.js';
import { restoreRequired } from './required-variants.js';
import { usedVariables } from './used-variables.js';
import { writeOutInterfaces } from './write-out-interfaces.js';

/**
 * Makes the plan for a document that `plannerDocument` made. Throws when the planner finds no way, or one that
 * the executors do not know.
 */
export function createPlan(
  supergraph: PlannableSupergraph,
  document: DocumentNode | undefined,
  kind: Plan['kind'],
): Plan {
  if (!document) return { kind, fetches: [] };
  if (usesVariable(document, 'representations'))
    throw new Error(
      'The variable "representations" has the name that entities are asked for with: rename it.',
    );
  const ordered = flatten(buildQueryPlan(supergraph, document), (node) => fetchesOf(node, supergraph));
  return { kind, fetches: kind === 'query' ? ordered.map(dataDependencies) : ordered };
}

/**
 * What has too many ways is tried with its interfaces written out, and only then, as it is, for as long as it takes: that
 * may be longer than there is time. See docs/adr/0012-planning-in-a-worker.md for what each takes.
 */
function buildQueryPlan(supergraph: PlannableSupergraph, document: DocumentNode): QueryPlan {
  const { planner, patientPlanner } = supergraph;
  const build = (by: QueryPlanner, what: DocumentNode) =>
    by.buildQueryPlan(operationFromDocument(by.supergraph.apiSchema(), what));
  try {
    return build(planner, document);
  } catch (error) {
    const writtenOut = isOverLimit(error) ? writeOutInterfaces(document, supergraph) : undefined;
    try {
      if (writtenOut) return build(planner, writtenOut);
    } catch (again) {
      if (!isOverLimit(again)) throw again;
    }
    if (!hasManyWays(error)) throw error;
    return build(patientPlanner, document);
  }
}

const usesVariable = ({ definitions }: DocumentNode, name: string): boolean =>
  definitions.some(
    (node) =>
      node.kind === Kind.OPERATION_DEFINITION &&
      node.variableDefinitions?.some(({ variable }) => variable.name.value === name),
  );

/** A fetch but for its place in the plan. */
type UnplacedFetch = Omit<Fetch, 'id' | 'path' | 'waitsFor'>;

/** The nested nodes as a list, in which each fetch waits for all that the planner sends before it. */
function flatten({ node }: QueryPlan, read: (node: FetchNode) => readonly UnplacedFetch[]): Fetch[] {
  const fetches: Fetch[] = [];
  if (node) add(node, [], []);
  return fetches;

  /** Returns the ids that whoever comes after the node has to wait for. */
  function add(
    at: PlanNode | SubscriptionNode,
    path: readonly string[],
    waitsFor: readonly number[],
  ): number[] {
    switch (at.kind) {
      case 'Fetch':
        return read(at).map((fetch) => fetches.push({ ...fetch, id: fetches.length, path, waitsFor }) - 1);
      case 'Flatten':
        return add(at.node, [...path, ...at.path.map(String)], waitsFor);
      case 'Parallel':
        return at.nodes.flatMap((child) => add(child, path, waitsFor));
      case 'Sequence':
        return addInOrder(at.nodes, path, waitsFor);
      case 'Subscription':
        return addInOrder(at.rest ? [at.primary, at.rest] : [at.primary], path, waitsFor);
      default:
        throw new Error(`The planner made a ${at.kind} node, which is not supported.`);
    }
  }

  function addInOrder(
    nodes: readonly PlanNode[],
    path: readonly string[],
    before: readonly number[],
  ): number[] {
    const done: number[] = [];
    for (const node of nodes) done.push(...add(node, path, [...before, ...done]));
    return done;
  }
}

/** Mostly one; see restoreRequired. */
function fetchesOf(
  node: FetchNode,
  { variants, subgraphs }: Pick<PlannableSupergraph, 'variants' | 'subgraphs'>,
) {
  const document = parse(node.operation, { noLocation: true }).definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (!document) throw new Error('The planner made a fetch without an operation.');
  const { serviceName: subgraph, inputRewrites = [], outputRewrites = [], contextRewrites = [] } = node;
  const context = contextRewrites.map(({ renameKeyTo: name, path }) => ({ name, path }));
  const isFromContext = (variable: string) => context.some(({ name }) => name === variable);
  const parts = restoreRequired(
    { subgraph, document, ...(node.requires && { requires: node.requires }) },
    variants,
  );
  const schema = subgraphs.get(subgraph);
  return parts.map((part): UnplacedFetch => {
    const used = usedVariables([part.document.selectionSet]);
    return {
      ...part,
      ...(part.requires && { requires: withNullability(part.requires, schema, undefined) }),
      variables: (node.variableUsages ?? []).filter((name) => used.has(name) && !isFromContext(name)),
      inputRewrites,
      outputRewrites,
      ...(context.length > 0 && { context }),
    };
  });
}

/** Marks what the subgraph's own schema has no null for. */
function withNullability(
  requirements: readonly Requirement[],
  subgraph: SupergraphSubgraph | undefined,
  typeName: string | undefined,
): readonly Requirement[] {
  return requirements.map((requirement): Requirement => {
    if (requirement.kind === 'InlineFragment') {
      const selections = withNullability(
        requirement.selections,
        subgraph,
        requirement.typeCondition ?? typeName,
      );
      return { ...requirement, selections };
    }
    const field = typeName === undefined ? undefined : subgraph?.field(typeName, requirement.name);
    const selections =
      requirement.selections && withNullability(requirement.selections, subgraph, field?.typeName);
    return {
      ...requirement,
      ...(selections && { selections }),
      ...(field?.isNonNull && { isNonNull: true }),
    };
  });
}

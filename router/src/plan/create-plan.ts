import { operationFromDocument } from '@apollo/federation-internals';
import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { Kind, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { Supergraph } from '../supergraph/supergraph.js';
import { dataDependencies } from './dependencies.js';
import type { Fetch, Plan } from './plan.js';

/**
 * Makes the plan for a document that `plannerDocument` made. Throws when the planner finds no way, or one that
 * the executors do not know.
 */
export function createPlan(
  { planner }: Pick<Supergraph, 'planner'>,
  document: DocumentNode | undefined,
  kind: Plan['kind'],
): Plan {
  if (!document) return { kind, fetches: [] };
  const operation = operationFromDocument(planner.supergraph.apiSchema(), document);
  const ordered = flatten(planner.buildQueryPlan(operation));
  return { kind, fetches: kind === 'query' ? ordered.map(dataDependencies) : ordered };
}

/** The nested nodes as a list, in which each fetch waits for all that the planner sends before it. */
function flatten({ node }: QueryPlan): Fetch[] {
  const fetches: Fetch[] = [];
  if (node) add(node, [], []);
  return fetches;

  /** Returns the ids that whoever comes after the node has to wait for. */
  function add(
    at: PlanNode | SubscriptionNode,
    path: readonly string[],
    before: readonly number[],
  ): number[] {
    switch (at.kind) {
      case 'Fetch':
        return [fetches.push(fetchOf(at, fetches.length, path, before)) - 1];
      case 'Flatten':
        return add(at.node, [...path, ...at.path.map(String)], before);
      case 'Parallel':
        return at.nodes.flatMap((child) => add(child, path, before));
      case 'Sequence':
        return addInOrder(at.nodes, path, before);
      case 'Subscription':
        return addInOrder(at.rest ? [at.primary, at.rest] : [at.primary], path, before);
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

function fetchOf(node: FetchNode, id: number, path: readonly string[], waitsFor: readonly number[]): Fetch {
  const document = parse(node.operation, { noLocation: true }).definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (!document) throw new Error('The planner made a fetch without an operation.');
  if (node.contextRewrites?.length) throw new Error('@fromContext is not supported.');
  return {
    id,
    subgraph: node.serviceName,
    path,
    ...(node.requires && { requires: node.requires }),
    document,
    variables: node.variableUsages ?? [],
    waitsFor,
    inputRewrites: node.inputRewrites ?? [],
    outputRewrites: node.outputRewrites ?? [],
  };
}

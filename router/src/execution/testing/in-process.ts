import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createLogger } from '@diaspora/kit/core';
import { graphql, Kind, parse, type FragmentDefinitionNode, type GraphQLSchema } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { createContext } from '../../context.js';
import type { Forbidden } from '../../operations/operation.js';
import type { SubgraphAnswer } from '../../subgraphs/answer.js';
import { createInlineEngine, type InlineEngine } from '../inline-engine.js';
import type { Compile, CostWeights, Executable, ExecutionRequest } from '../executable.js';

export interface TestSubgraph {
  /** Without the link: that is added. */
  readonly typeDefs: string;
  readonly resolvers?: any;
}

export interface SentRequest {
  readonly subgraph: string;
  readonly kind: 'query' | 'mutation';
  readonly query: string;
  readonly variables: any;
}

export interface RunOptions {
  readonly variables?: Record<string, unknown>;
  readonly event?: ExecutionRequest['event'];
  /** Response names of root fields to forbid, with their code. */
  readonly forbid?: (name: string) => 'UNAUTHENTICATED' | 'FORBIDDEN' | undefined;
}

export interface InProcess {
  readonly engine: InlineEngine;
  /** Every request, in order. */
  readonly sent: SentRequest[];
  prepare(text: string, options?: RunOptions): Executable;
  run(text: string, options?: RunOptions): Promise<{ data: any; errors: any[]; cost?: number }>;
  /** Answers instead of the subgraph; undefined leaves it to the subgraph. */
  answerWith(answer: (request: SentRequest) => Partial<SubgraphAnswer> | undefined): void;
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@requires", "@external", "@provides", "@shareable", "@inaccessible", "@override", "@interfaceObject", "@context", "@fromContext",
  "@authenticated", "@requiresScopes", "@policy", "@tag", "@cost", "@listSize"
])\n`;

export const compose = (subgraphs: Record<string, TestSubgraph>): string => {
  const services = Object.entries(subgraphs).map(([name, { typeDefs }]) => ({
    name,
    url: `http://${name}`,
    typeDefs: parse(link + typeDefs),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], String(errors));
  return supergraphSdl;
};

/** Real subgraph schemas, executed by graphql-js in this process, and an engine over them. */
export function createInProcess(
  subgraphs: Record<string, TestSubgraph>,
  options: { compile?: Compile; weights?: CostWeights } = {},
): InProcess {
  const schemas = new Map<string, GraphQLSchema>(
    Object.entries(subgraphs).map(([name, { typeDefs, resolvers }]) => [
      name,
      buildSubgraphSchema({ typeDefs: parse(link + typeDefs), resolvers: resolvers ?? {} }),
    ]),
  );
  const sent: SentRequest[] = [];
  let answer: (request: SentRequest) => Partial<SubgraphAnswer> | undefined = () => undefined;
  const log = createLogger({ name: 'test', level: 'silent' });
  const engine = createInlineEngine({
    supergraph: compose(subgraphs),
    log,
    ...options,
    subgraphs: (name) => async (request) => {
      const { query, variables } = JSON.parse(request.body);
      const recorded = { subgraph: name, kind: request.kind, query, variables };
      sent.push(recorded);
      const given = answer(recorded);
      if (given) return { data: null, isPlain: false, ...given };
      const result = await graphql({ schema: schemas.get(name)!, source: query, variableValues: variables });
      return JSON.parse(JSON.stringify({ data: result.data ?? null, errors: result.errors, isPlain: false }));
    },
  });

  const prepare = (text: string, { variables = {}, forbid }: RunOptions = {}) => {
    const document = parse(text);
    const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!;
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    const fields = new Map();
    for (const node of definition.selectionSet.selections) {
      const code = node.kind === Kind.FIELD ? forbid?.(node.name.value) : undefined;
      if (code) fields.set(node, { message: 'No.', code });
    }
    const forbidden: Forbidden | undefined = fields.size > 0 ? { key: 'f', fields } : undefined;
    const conditionValues = coerce(engine, definition, variables);
    return engine.prepare({ definition, fragments, conditionValues, forbidden });
  };

  return {
    engine,
    sent,
    prepare,
    answerWith: (given) => (answer = given),
    run: async (text, given = {}) => {
      const document = parse(text);
      const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!;
      const { data, errors, ...rest } = await prepare(text, given).execute({
        variables: coerce(engine, definition, given.variables ?? {}),
        context: createContext({ log }),
        ...(given.event && { event: given.event }),
      });
      return { data: JSON.parse(data), errors: [...errors], ...rest };
    },
  };
}

function coerce(
  engine: InlineEngine,
  definition: any,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const { apiSchema } = engine.supergraph;
  const { coerced, errors } = getVariableValues(apiSchema, definition.variableDefinitions ?? [], variables);
  if (!coerced) throw new AggregateError(errors);
  return coerced;
}

import { ApolloGateway } from '@apollo/gateway';
import { execute, type GraphQLFormattedError } from 'graphql';
import type { ComposedSupergraph, Faults } from './nasty.js';
import type { TestAnswer, TestRequest } from './request.js';
import { createRun, createSubgraphs, type RecordedRun } from './subgraphs.js';
import type { Thing } from './world/world.js';

/** Who knows what an operation must answer. */
export interface Oracle {
  answer(request: TestRequest, faults?: readonly Faults[]): Promise<TestAnswer>;
}

/** The truth of the GraphQL specification: graphql-js over the whole world as one schema. */
export function createMonolith({ world, api }: ComposedSupergraph): Oracle {
  return {
    answer: async ({ document, given }, faults = []) => {
      const result = await execute({
        schema: api,
        document,
        variableValues: given,
        contextValue: createRun(faults),
        fieldResolver: (source: Thing | undefined, args, run: RecordedRun, { parentType, fieldName }) =>
          world.resolve(source ?? { type: parentType.name, n: 0 }, fieldName, args, run),
        typeResolver: ({ type }: Thing) => type,
      });
      return answerOf(JSON.stringify(result), []);
    },
  };
}

/** The field's own implementation of the federation specification. */
export async function createGateway(
  composed: ComposedSupergraph,
): Promise<Oracle & { stop(): Promise<void> }> {
  const subgraphs = createSubgraphs(composed);
  const gateway = new ApolloGateway({
    supergraphSdl: composed.sdl,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    buildService: ({ name }) => ({
      process: async ({ request: { query, variables }, context }) => {
        const { data, errors } = await subgraphs.answer(
          name,
          JSON.stringify({ query, variables }),
          context as unknown as RecordedRun,
        );
        return { data, ...(errors && { errors: [...errors] }) };
      },
    }),
  });
  const { executor } = await gateway.load();
  if (!executor) throw new Error('The gateway has no executor.');
  return {
    answer: async ({ text, document, given }, faults = []) => {
      const run = createRun(faults);
      const request = { query: text, variables: given };
      const result = await executor({
        request,
        document,
        source: text,
        queryHash: `${text}${JSON.stringify(given)}`,
        context: run,
        metrics: {},
      } as unknown as Parameters<typeof executor>[0]);
      return answerOf(JSON.stringify(result), run.sent);
    },
    stop: () => gateway.stop(),
  };
}

function answerOf(text: string, sent: readonly string[]): TestAnswer {
  const { data = null, errors = [] } = JSON.parse(text) as {
    data?: unknown;
    errors?: GraphQLFormattedError[];
  };
  return { data, text: JSON.stringify(data), errors, sent };
}

const ignore = () => undefined;

import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compile } from '../compile/index.js';
import { differences, type Outcome } from '../testing/nasty/compare.js';
import { composeNasty } from '../testing/nasty/compose.js';
import { createContestants, type Contestants } from '../testing/nasty/contestants.js';
import type { ComposedSupergraph, Faults, NastyOperation } from '../testing/nasty/nasty.js';
import { createGateway, createMonolith, type Oracle } from '../testing/nasty/oracles.js';
import { readRequest, type TestRequest } from '../testing/nasty/request.js';
import { nastySupergraphs } from '../testing/nasty/supergraphs/index.js';

/*
 * The interpreter, the compiler and ApolloGateway on operations that were made to be answered wrongly. The truth is
 * what the specifications say: pinned by hand, or answered by graphql-js over all subgraphs' data as one schema.
 */
describe.each(nastySupergraphs)('$name', ({ name, subgraphs, values, faults, operations }) => {
  let composed: ComposedSupergraph;
  let contestants: Contestants;
  let gateway: Awaited<ReturnType<typeof createGateway>>;
  let monolith: Oracle;

  beforeAll(async () => {
    composed = composeNasty(name, subgraphs, values);
    contestants = createContestants(composed, compile);
    gateway = await createGateway(composed);
    monolith = createMonolith(composed);
  });
  afterAll(() => gateway.stop());

  const read = ({ document, variables }: NastyOperation): TestRequest => {
    const request = readRequest(composed.api, document, variables);
    if (!request) throw new Error('The operation is not valid.');
    return request;
  };
  const faultsOf = (operation: NastyOperation): readonly Faults[] => [faults ?? {}, operation.faults ?? {}];
  const truthOf = async (operation: NastyOperation): Promise<Outcome> => {
    if (!operation.expected) return monolith.answer(read(operation), faultsOf(operation));
    const { data, errorsAt = [] } = operation.expected;
    return { data, text: JSON.stringify(data), errors: errorsAt.map((path) => ({ message: '', path })) };
  };

  it.each(operations)('$name: the interpreter', async (operation) => {
    const answer = await contestants.prepare(read(operation)).interpret(faultsOf(operation));
    const truth = await truthOf(operation);
    expect({ answer, differences: differences(answer, truth) }).toEqual({ answer, differences: [] });
    expect(answer.sent).toHaveLength(operation.requests ?? answer.sent.length);
  });

  it.each(operations)('$name: the compiler', async (operation) => {
    const prepared = contestants.prepare(read(operation));
    const answer = await prepared.compiled?.(faultsOf(operation));
    const truth = await truthOf(operation);
    const found = answer && differences(answer, truth);
    // What it declines the interpreter does: then there is nothing to compare.
    expect({ answer, found }).toEqual({ answer, found: prepared.declined === undefined ? [] : undefined });
    // What is handed over to the interpreter has not to be fetched again.
    expect(new Set(answer?.sent).size).toBe(answer?.sent.length ?? 0);
  });

  // ApolloGateway throws on subscriptions.
  const answered = operations.filter(
    ({ document, isAskedOfGateway = true }) => isAskedOfGateway && !document.startsWith('subscription'),
  );
  for (const operation of answered)
    it(`${operation.name}: ApolloGateway`, async () => {
      const answer = await gateway.answer(read(operation), faultsOf(operation)).catch(() => undefined);
      const truth = await truthOf(operation);
      const isRight =
        isDeepStrictEqual(answer?.data, truth.data) &&
        (answer?.errors.length === 0) === (truth.errors.length === 0);
      // Where it is wrong by the specifications, the operation says why.
      expect({ answer, isRight }).toEqual({ answer, isRight: operation.gatewayIsWrong === undefined });
    });
});

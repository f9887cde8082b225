import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compare } from './check.js';
import { query } from './query.js';
import { createReference } from './reference.js';
import { startSubgraphs, type RunningSubgraphs } from './subgraphs/server.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startGateway({ changing }: { changing: boolean }) {
  const subgraphs: RunningSubgraphs = await startSubgraphs({ changing });
  stops.push(() => subgraphs.stop());
  const reference = createReference(subgraphs.urls);
  const apollo = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl: reference.supergraphSdl }) });
  await apollo.start();
  stops.push(() => apollo.stop());
  const ask = async (): Promise<unknown> => {
    const { body } = await apollo.executeOperation({ query });
    return body.kind === 'single' ? JSON.parse(JSON.stringify(body.singleResult)) : undefined;
  };
  return { subgraphs, ask, right: JSON.parse(await reference.answer(query, null)) as unknown };
}

describe('the query of the comparison', () => {
  it('takes a gateway sixteen fetches, and its answer of about 90 kB is what graphql-js says', async () => {
    const { subgraphs, ask, right } = await startGateway({ changing: false });
    expect(await ask()).toEqual(right);
    expect(subgraphs.answered()).toBe(16);
    expect(Math.round(JSON.stringify(right).length / 1_000)).toBe(90);
  });

  it('has another answer each time when data changes, and each of them is right', async () => {
    const { ask, right } = await startGateway({ changing: true });
    const [one, other] = [await ask(), await ask()];
    expect(one).not.toEqual(other);
    for (const answer of [one, other]) expect(compare(right, answer, { visitor: undefined })).toBeUndefined();
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { compile } from '../compile/index.js';
import { composeNasty } from '../testing/nasty/compose.js';
import { composeOurs } from '../testing/nasty/ours.js';
import { differentialSize } from '../testing/nasty/size.js';
import { nastySupergraphs } from '../testing/nasty/supergraphs/index.js';
import { tryOperations, type Trial } from '../testing/nasty/trial.js';

/*
 * The interpreter and the compiler on operations nobody thought of: well, with failing fields, and with subgraphs that
 * are down. A finding carries its seed and the smallest operation that shows it. For more operations than these see
 * testing/nasty/soak/main.ts.
 */
const seedsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index);

describe('generated operations over our supergraph', () => {
  let trial: Trial;
  beforeAll(async () => {
    const seeds = seedsFrom(1, differentialSize.ours);
    trial = await tryOperations({ composed: composeOurs(), compile, seeds });
  }, 300_000);

  it('are answered rightly by the interpreter and the compiler, and sent once', () => {
    expect(trial.findings).toEqual([]);
  });

  it('compile: nine of ten at least', () => {
    const { compiled, declined } = trial;
    expect({ declined, isMost: compiled >= 0.9 * differentialSize.ours }).toEqual({ declined, isMost: true });
  });
});

describe('generated operations over our supergraph, at ApolloGateway too', () => {
  it('are answered alike, but for a few that ApolloGateway gets wrong', async () => {
    const seeds = seedsFrom(5000, differentialSize.gateway);
    const trial = await tryOperations({ composed: composeOurs(), compile, seeds, withGateway: true });
    expect(trial.findings).toEqual([]);
    expect(trial.gatewayWasWrong).toBeLessThanOrEqual(differentialSize.gateway / 20);
  }, 300_000);
});

const oneWorlds = nastySupergraphs.filter(({ isOneWorld }) => isOneWorld !== false);

describe.each(oneWorlds)('generated operations over $name', ({ name, subgraphs, values }) => {
  it('are answered rightly by the interpreter and the compiler, and sent once', async () => {
    const composed = composeNasty(name, subgraphs, values);
    const trial = await tryOperations({ composed, compile, seeds: seedsFrom(1, differentialSize.nasty) });
    expect(trial.findings).toEqual([]);
  }, 300_000);
});

import { parseArgs } from 'node:util';
import { compile } from '../../../compile/index.js';
import { composeNasty } from '../compose.js';
import { composeOurs } from '../ours.js';
import { nastySupergraphs } from '../supergraphs/index.js';
import { tryOperations } from '../trial.js';

/*
 * More generated operations than the test suite has time for:
 *   node --import tsx router/src/testing/nasty/soak/main.ts --operations 100000 --seed 1 --only "keys"
 * Half of them over our supergraph, the rest over all nasty ones. Exits with 1 when anything is answered wrongly.
 */
const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    gateway: { type: 'boolean', default: false },
  },
});
const nasty = nastySupergraphs.filter(({ isOneWorld }) => isOneWorld !== false);
const all = [
  composeOurs(),
  ...nasty.map(({ name, subgraphs, values: given }) => composeNasty(name, subgraphs, given)),
].filter(({ name }) => name.includes(values.only));
const total = Number(values.operations);
const first = Number(values.seed);

let wrong = 0;
for (const composed of all) {
  const share = all.length === 1 ? 1 : composed.name === 'our supergraph' ? 0.5 : 0.5 / (all.length - 1);
  const seeds = Array.from({ length: Math.ceil(total * share) }, (_, index) => first + index);
  const trial = await tryOperations({ composed, compile, seeds, withGateway: values.gateway });
  wrong += trial.findings.length;
  console.log(
    `${composed.name}: ${seeds.length} operations, ${trial.compiled} compiled, ${trial.findings.length} wrong`,
    values.gateway ? `, ${trial.gatewayWasWrong} wrong by ApolloGateway` : '',
    ...[...trial.declined].map(([reason, times]) => `\n  declined ${times} times: ${reason}`),
  );
  for (const { seed, fault, document, variables } of trial.findings) {
    console.log(`  seed ${seed}: ${fault}\n${document}\n${JSON.stringify(variables)}\n`);
  }
}
process.exitCode = wrong === 0 ? 0 : 1;

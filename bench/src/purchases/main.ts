/**
 * Purchases a second from end to end: places kept, order made, paid by the sandbox and its webhook, tickets made. Six
 * subgraphs and the router as processes of their own; buyers go on with the next purchase when they have their tickets.
 *
 * `npm run bench:purchases -- [purchases] [buyers]`
 */
import { loadavg } from 'node:os';
import { lineProgress, payPurchase, purchaseTickets, ticketsOf, type Client } from '@diaspora/local';
import { startMachine } from '../machine.js';
import { costTable, measureCost } from './cost.js';
import { givenPeople, openSale, quantile } from './sale.js';

const purchases = Number(process.argv[2] ?? 400);
const buyers = Number(process.argv[3] ?? 8);
const warmUp = buyers * 2;

const print = (line: string) => void process.stdout.write(`${line}\n`);

interface Sale {
  readonly ticketTypeId: string;
  readonly buyers: readonly Client[];
}

async function buy(client: Client, ticketTypeId: string, index: number): Promise<number> {
  const startedAt = performance.now();
  const wish = { idempotencyKey: `bench-${index}`, ticketTypeId };
  const purchaseId = await purchaseTickets(client, wish);
  await payPurchase(client, purchaseId);
  await ticketsOf(client, purchaseId);
  return performance.now() - startedAt;
}

/** So many purchases by all buyers at once; how long each took. */
async function buyAll(sale: Sale, from: number, count: number) {
  const took: number[] = [];
  let next = from;
  const work = async (client: Client) => {
    for (let index = next++; index < from + count; index = next++)
      took.push(await buy(client, sale.ticketTypeId, index));
  };
  await Promise.all(sale.buyers.map(work));
  return took;
}

const machine = await startMachine({
  progress: lineProgress((text) => void process.stderr.write(text)),
  signal: new AbortController().signal,
  logDir: undefined,
});
try {
  const people = await givenPeople(machine, buyers);
  const sale = { ...people, ticketTypeId: await openSale(people.seller, 'regular', 1_000_000) };
  await buyAll(sale, 0, warmUp);
  const load = loadavg()[0]!;
  const startedAt = performance.now();
  const costOfEach = await measureCost(machine);
  const took = await buyAll(sale, warmUp, purchases);
  const seconds = (performance.now() - startedAt) / 1_000;
  print('| purchases | buyers | a second | p50 ms | p99 ms | load before |');
  print('| --------- | ------ | -------- | ------ | ------ | ----------- |');
  print(
    `| ${purchases} | ${buyers} | ${(purchases / seconds).toFixed(1)} | ${quantile(took, 0.5)} | ${quantile(took, 0.99)} | ${load.toFixed(1)} |`,
  );
  print(`\nOf one purchase:\n\n${costTable(await costOfEach(purchases))}`);
} finally {
  await machine.stop();
}
process.exit(0);

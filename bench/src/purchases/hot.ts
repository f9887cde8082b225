/**
 * A hot event: all buyers want a place of one event at the same moment, while a few others buy for another one, again and
 * again. It fails unless exactly as many win as there are places, and nobody else is told anything but that it is sold out.
 *
 * `npm run bench:hot-event -- [buyers] [places]`
 */
import { loadavg } from 'node:os';
import { lineProgress, type Client } from '@diaspora/local';
import { startMachine } from '../machine.js';
import { table } from '../tables.js';
import { costTable, measureCost } from './cost.js';
import { givenPeople, openSale, quantile } from './sale.js';

const buyers = Number(process.argv[2] ?? 200);
const places = Number(process.argv[3] ?? 50);
const elsewhere = 4;

/** What is worth another try, under the same key. */
const again = new Set(['UNAVAILABLE', 'TIMEOUT']);

const query = `mutation ($input: PurchaseTicketsInput!) {
  purchaseTickets(input: $input) { purchase { id } userErrors { code } }
}`;

interface Attempt {
  readonly data: {
    readonly purchaseTickets: { purchase: object | null; userErrors: { code: string }[] } | null;
  } | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/** Asks under one key until there is an answer, as a device does: true when places are kept. */
async function buy(client: Client, ticketTypeId: string, idempotencyKey: string): Promise<boolean> {
  for (;;) {
    const input = { idempotencyKey, lines: [{ ticketTypeId, quantity: 1 }] };
    const { data, errors } = (await client.send(query, { input })) as Attempt;
    if (errors?.every(({ extensions }) => again.has(extensions.code))) {
      await new Promise((resolve) => setTimeout(resolve, 250 + Math.random() * 500));
      continue;
    }
    const payload = data?.purchaseTickets;
    if (payload?.purchase) return true;
    if (payload?.userErrors[0]?.code === 'SOLD_OUT') return false;
    throw new Error(JSON.stringify(errors ?? payload));
  }
}

const print = (line: string) => void process.stdout.write(`${line}\n`);
const machine = await startMachine({
  progress: lineProgress((text) => void process.stderr.write(text)),
  signal: new AbortController().signal,
  logDir: undefined,
});
try {
  const people = await givenPeople(machine, buyers + elsewhere);
  const [crowd, others] = [people.buyers.slice(elsewhere), people.buyers.slice(0, elsewhere)];
  const hot = await openSale(people.seller, 'hot', places);
  const cold = await Promise.all(
    others.map((_, index) => openSale(people.seller, `cold ${index}`, 1_000_000)),
  );
  const load = loadavg()[0]!;
  const costOfEach = await measureCost(machine);
  const startedAt = performance.now();
  const times = { won: [] as number[], lost: [] as number[], other: [] as number[] };
  let isOver = false;
  const crowding = Promise.all(
    crowd.map(async (client, index) => {
      const hasWon = await buy(client, hot, `hot ${index}`);
      times[hasWon ? 'won' : 'lost'].push(performance.now() - startedAt);
    }),
  ).finally(() => (isOver = true));
  // Five unpaid purchases are as many as one person may have.
  const buying = others.map(async (client, index) => {
    for (let count = 0; count < 5 && !isOver; count++) {
      const from = performance.now();
      await buy(client, cold[index]!, `cold ${index} ${count}`);
      times.other.push(performance.now() - from);
    }
  });
  await Promise.all([crowding, ...buying]);
  const cost = await costOfEach(buyers + times.other.length);
  const rows = Object.entries(times).map(([name, values]) => [
    name,
    String(values.length),
    ...[0.5, 0.95, 1].map((share) => quantile(values, share - 1e-9)),
  ]);
  print(`${buyers} buyers of ${places} places; load before: ${load.toFixed(1)}\n`);
  print(table(['', 'purchases', 'p50 ms', 'p95 ms', 'longest ms'], rows));
  print(`\nOf one attempt:\n\n${costTable(cost)}`);
  if (times.won.length !== Math.min(places, buyers)) throw new Error(`${times.won.length} have won.`);
} finally {
  await machine.stop();
}
process.exit(0);

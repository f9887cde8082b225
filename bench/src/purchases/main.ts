/**
 * Purchases a second from end to end: places kept, order made, paid by the sandbox and its webhook, tickets made. Six
 * subgraphs and the router as processes of their own; buyers go on with the next purchase when they have their tickets.
 *
 * `npm run bench:purchases -- [purchases] [buyers]`
 */
import { loadavg } from 'node:os';
import {
  idOf,
  lineProgress,
  makeEventOwner,
  payPurchase,
  publishEvent,
  purchaseTickets,
  sellTickets,
  signUp,
  ticketsOf,
  type Client,
  type Person,
} from '@diaspora/local';
import { startMachine, type Machine } from '../machine.js';
import { measureCost } from './cost.js';
import { table } from '../tables.js';

const purchases = Number(process.argv[2] ?? 400);
const buyers = Number(process.argv[3] ?? 8);
const warmUp = buyers * 2;

const print = (line: string) => void process.stdout.write(`${line}\n`);

const person = (index: number): Person => ({
  email: index === 0 ? 'root@diaspora.example' : `buyer-${index}@bench.example`,
  password: `the good password of ${index}`,
  displayName: index === 0 ? 'Desk' : `Buyer ${index}`,
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['en'],
});

/** Something to buy, and people who do. */
async function openSale({ router, mailbox }: Machine) {
  const people: Client[] = [];
  for (let index = 0; index < buyers + 2; index++)
    people.push(await signUp(router.url, mailbox, person(index)));
  const [root, seller, ...others] = people as [Client, Client, ...Client[]];
  await makeEventOwner(root, await idOf(seller));
  await seller.refresh();
  const eventId = await publishEvent(seller, {
    idempotencyKey: 'bench-event',
    title: 'Something everybody wants to see',
    description: 'With places for all of them.',
    city: 'Berlin',
    countryCode: 'DE',
    type: 'FREE',
    capacity: 1_000_000,
  });
  const ticket = { idempotencyKey: 'bench-ticket', eventId, name: 'Regular', priceMinor: 1_000 };
  return { ticketTypeId: await sellTickets(seller, ticket), buyers: others };
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
async function buyAll(sale: Awaited<ReturnType<typeof openSale>>, from: number, count: number) {
  const took: number[] = [];
  let next = from;
  const work = async (client: Client) => {
    for (let index = next++; index < from + count; index = next++)
      took.push(await buy(client, sale.ticketTypeId, index));
  };
  await Promise.all(sale.buyers.map(work));
  return took.sort((one, other) => one - other);
}

const machine = await startMachine({
  progress: lineProgress((text) => void process.stderr.write(text)),
  signal: new AbortController().signal,
  logDir: undefined,
});
try {
  const sale = await openSale(machine);
  await buyAll(sale, 0, warmUp);
  const load = loadavg()[0]!;
  const startedAt = performance.now();
  const costOfEach = await measureCost(machine);
  const took = await buyAll(sale, warmUp, purchases);
  const seconds = (performance.now() - startedAt) / 1_000;
  const quantile = (share: number) => (took[Math.floor(took.length * share)] ?? NaN).toFixed(0);
  print('| purchases | buyers | a second | p50 ms | p99 ms | load before |');
  print('| --------- | ------ | -------- | ------ | ------ | ----------- |');
  print(
    `| ${purchases} | ${buyers} | ${(purchases / seconds).toFixed(1)} | ${quantile(0.5)} | ${quantile(0.99)} | ${load.toFixed(1)} |`,
  );
  const { processor, work } = await costOfEach(purchases);
  const total = (of: Readonly<Record<string, number>>) =>
    Object.values(of).reduce((sum, one) => sum + one, 0);
  print('\nOf one purchase:\n');
  const names = [
    'router',
    'users',
    'events',
    'content',
    'messaging',
    'payments',
    'search',
    'storage',
    'load',
  ];
  const cells = (of: Readonly<Record<string, number>>) => names.map((name) => of[name]?.toFixed(1) ?? '-');
  print(
    table(
      ['', 'all', ...names],
      [
        ['CPU ms', total(processor).toFixed(0), ...cells(processor)],
        ['statements (router: requests)', (total(work) - (work['router'] ?? 0)).toFixed(0), ...cells(work)],
      ],
    ),
  );
} finally {
  await machine.stop();
}
process.exit(0);

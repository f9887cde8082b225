/**
 * Soaks the embedded Valkey with a load like ours and checks every answer:
 * `tsx bench/src/valkey-soak.ts --seconds 120`. Exits 1 when a reply was lost, doubled or wrong.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startRedis } from '@diaspora/kit/embedded';
import { Redis } from 'ioredis';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } });
const seconds = Number(values.seconds);
const logged: string[] = [];
const server = await startRedis({ port: 0, prefer: 'valkey', log: (line) => logged.push(line) });
const port = Number(new URL(server.url).port);
const firstPid = server.pid();

const faults = new Map<string, number>();
const counts = new Map<string, number>();
const clients: Redis[] = [];
let running = true;

function fault(what: string): void {
  faults.set(what, (faults.get(what) ?? 0) + 1);
}
function count(what: string, amount = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + amount);
}
function client(): Redis {
  const redis = new Redis(port, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', (error) => fault(`connection: ${error.message}`));
  redis.on('close', () => running && fault('connection closed'));
  clients.push(redis);
  return redis;
}

/** One producer a stream, two groups of two consumers: each group sees every number exactly once. */
async function streams(name: string): Promise<void> {
  const producer = client();
  const groups = ['a', 'b'];
  const seen = new Map(groups.map((group) => [group, new Uint8Array(8_000_000)]));
  let sent = 0;
  let producing = true;
  for (const group of groups) await producer.xgroup('CREATE', name, group, '0', 'MKSTREAM');
  const consume = async (group: string, consumer: string) => {
    const redis = client();
    const marks = seen.get(group) as Uint8Array;
    for (;;) {
      const options = ['GROUP', group, consumer, 'COUNT', 50, 'BLOCK', 200, 'STREAMS', name, '>'] as const;
      const answer = (await redis.xreadgroup(...options)) as [string, [string, string[]][]][] | null;
      if (!answer && !producing) return;
      const entries = answer?.[0]?.[1] ?? [];
      for (const [, [, number]] of entries)
        if (++(marks[Number(number)] as number) > 1) marks[Number(number)] = 2;
      if (entries.length > 0) {
        const acknowledged = await redis.xack(name, group, ...entries.map(([id]) => id));
        if (acknowledged !== entries.length) fault('stream: xack count');
        count('stream messages', entries.length);
      }
    }
  };
  const consumers = groups.flatMap((group) => ['1', '2'].map((number) => consume(group, number)));
  while (running) {
    await producer.xadd(name, '*', 'n', sent++, 'body', 'x'.repeat(300));
    if (sent % 500 === 0) await producer.xtrim(name, 'MAXLEN', '~', 20_000);
  }
  producing = false;
  await Promise.all(consumers);
  for (const [group, marks] of seen) {
    for (let number = 0; number < sent; number++) {
      if (marks[number] !== 1) fault(`stream group ${group}: ${marks[number] === 0 ? 'lost' : 'doubled'}`);
    }
  }
}

async function publish(name: string): Promise<void> {
  const publisher = client();
  const subscribers = await Promise.all(
    [1, 2, 3].map(async () => {
      const redis = client();
      let next = 0;
      redis.on('message', (_channel: string, text: string) => {
        if (Number(text.split(' ')[0]) !== next) fault('pub/sub: out of order or lost');
        next = Number(text.split(' ')[0]) + 1;
        count('pub/sub deliveries');
      });
      await redis.subscribe(name);
      return () => next;
    }),
  );
  let sent = 0;
  while (running) {
    const receivers = await publisher.publish(name, `${sent++} ${'y'.repeat(200)}`);
    if (receivers !== 3) fault(`pub/sub: ${receivers} receivers`);
    if (sent % 20 === 0) await delay(1);
  }
  await delay(500);
  for (const next of subscribers) if (next() !== sent) fault('pub/sub: last messages missing');
}

/** A token bucket as a rate limiter uses it; the sum must be exact. */
async function scripts(name: string): Promise<void> {
  const redis = client();
  const source = `local n = redis.call('INCR', KEYS[1]) redis.call('PEXPIRE', KEYS[1], 600000)
    redis.call('HSET', KEYS[2], ARGV[1], n) if n % 100 == 0 then redis.call('DEL', KEYS[2]) end return {n, ARGV[1]}`;
  const hash = createHash('sha1').update(source).digest('hex');
  await redis.script('LOAD', source);
  for (let expected = 1; running; expected++) {
    const answer = (await redis.evalsha(hash, 2, `${name}:n`, `${name}:h`, `f${expected}`)) as [
      number,
      string,
    ];
    if (answer[0] !== expected || answer[1] !== `f${expected}`) fault('lua: wrong answer');
    count('scripts');
  }
}

async function expiring(name: string): Promise<void> {
  const redis = client();
  for (let number = 0; running; number++) {
    const key = `${name}:${number}`;
    const start = performance.now();
    await redis.set(key, 'z'.repeat(1 + ((number * 37) % 4_000)), 'PX', 60);
    const there = (await redis.exists(key)) === 1;
    if (!there && performance.now() - start < 60) fault('expiry: gone too early');
    // Keys nobody reads again: only the active expiry cycle removes them.
    const pipeline = redis.pipeline();
    for (let extra = 0; extra < 20; extra++) pipeline.set(`${key}:${extra}`, 'w'.repeat(500), 'PX', 300);
    await pipeline.exec();
    await delay(80);
    if ((await redis.exists(key)) !== 0) fault('expiry: still there');
    count('expiring keys', 21);
  }
}

async function pipelines(name: string): Promise<void> {
  const redis = client();
  for (let total = 0; running;) {
    const pipeline = redis.pipeline();
    for (let step = 0; step < 100; step++) pipeline.incr(name);
    for (const [error, answer] of (await pipeline.exec()) ?? [])
      if (error || answer !== ++total) fault('pipeline');
    const blob = 'b'.repeat(total % 100_000);
    await redis.set(`${name}:blob`, blob);
    if ((await redis.get(`${name}:blob`)) !== blob) fault('large value differs');
    count('pipelined commands', 102);
    await delay(2);
  }
}

async function transactions(name: string): Promise<void> {
  const redis = client();
  for (let round = 1; running; round++) {
    const answers = await redis
      .multi()
      .incr(`${name}:c`)
      .zadd(`${name}:z`, round, `m${round % 1000}`)
      .zcard(`${name}:z`)
      .exec();
    if (answers?.[0]?.[1] !== round || answers[2]?.[1] !== Math.min(round, 1000)) fault('transaction');
    count('transactions');
    await delay(1);
  }
}

/** Breaks off in the middle of commands, with and without answers under way, and reads nothing of large answers. */
async function breakOff(kind: number): Promise<void> {
  const halves = [
    '*3\r\n$3\r\nSET\r\n$5\r\nhel',
    `*3\r\n$3\r\nSET\r\n$1\r\nq\r\n$900000\r\n${'q'.repeat(400_000)}`,
  ];
  const wholes = ['*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n', '*3\r\n$5\r\nBLPOP\r\n$4\r\nnone\r\n$1\r\n9\r\n'];
  const flood = '*2\r\n$3\r\nGET\r\n$10\r\npipe0:blob\r\n'.repeat(50);
  const texts = [...halves, ...wholes, flood, 'nonsense\r\n', ''];
  for (let round = kind; running; round++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    if (round % 2) socket.pause();
    await new Promise<void>((done) => socket.once('connect', done).once('close', done));
    socket.write(texts[round % texts.length] ?? '');
    await delay(round % 3);
    if (round % 5 === 0) socket.resetAndDestroy();
    else socket.destroy();
    count('broken connections');
  }
}

async function watch(): Promise<void> {
  const redis = client();
  for (let second = 0; running; second++) {
    const latencies: number[] = [];
    for (let probe = 0; probe < 100 && running; probe++) {
      const start = performance.now();
      if ((await redis.ping()) !== 'PONG') fault('ping');
      latencies.push(performance.now() - start);
      await delay(10);
    }
    if (second % 10 !== 0) continue;
    latencies.sort((a, b) => a - b);
    const status = await readFile(`/proc/${server.pid()}/status`, 'utf8').catch(() => '');
    const memory = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1];
    const connected = /connected_clients:(\d+)/.exec(await redis.info('clients'))?.[1];
    const figures = {
      second: Math.round(performance.now() / 1000),
      residentMB: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024),
      dataMB: Math.round(Number(memory) / 1e6),
      clients: Number(connected),
      pingP50: latencies[50]?.toFixed(2),
      pingP99: latencies.at(-2)?.toFixed(2),
    };
    console.log(JSON.stringify(figures));
  }
}

const load = [
  ...[0, 1, 2].map((number) => streams(`stream${number}`)),
  ...[0, 1].map((number) => publish(`channel${number}`)),
  ...[0, 1, 2, 3].map((number) => scripts(`script${number}`)),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) => expiring(`expiring${number}`)),
  ...[0, 1, 2, 3, 4, 5].map((number) => pipelines(`pipe${number}`)),
  ...[0, 1, 2, 3, 4, 5].map((number) => transactions(`transaction${number}`)),
  ...[0, 1, 2, 3].map((number) => breakOff(number)),
  watch(),
];
const stopTimer = setTimeout(() => (running = false), seconds * 1000);
await Promise.race([
  Promise.all(load),
  delay(seconds * 1000 + 20_000).then(() => fault('hangs: load did not end')),
]).catch((error: unknown) => fault(`load ended: ${String(error)}`));
running = false;
clearTimeout(stopTimer);
if (server.pid() !== firstPid) fault('the server was started again');
console.log('connections', clients.length, Object.fromEntries(counts));
console.log(
  'faults',
  Object.fromEntries(faults),
  'logged',
  logged.filter((line) => !/ \* /.test(line)).slice(0, 20),
);
for (const redis of clients) redis.disconnect();
await server.stop();
process.exit(faults.size > 0 ? 1 : 0);

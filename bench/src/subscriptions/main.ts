/** What 10,000 subscribers on one router process cost: memory each, and the time from publishing to receipt. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { findFreePort } from '@diaspora/kit/embedded';
import { parse } from 'graphql';
import { connectSubscribers } from './subscribers.js';
import { startTicker, tickerSdl } from './ticker.js';

const root = path.resolve(import.meta.dirname, '../../..');
const subscribers = Number(process.argv[2] ?? 10_000);
const events = 30;
const pauseMs = 300;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** Resident bytes of this process alone: those that plan operations come and go. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

async function startRouter(supergraph: string, port: number) {
  const main = path.join(root, 'router/src/main.ts');
  const limits = ['--subscription-connections', '100000', '--log-level', 'error'];
  const args = ['--max-semi-space-size=64', '--import', 'tsx', main, '--supergraph', supergraph];
  const router = spawn('node', [...args, '--port', String(port), ...limits], { cwd: root, stdio: 'inherit' });
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) {
    if (router.exitCode !== null) throw new Error('The router did not start.');
    await pause(100);
  }
  return { pid: router.pid!, url: `ws://127.0.0.1:${port}/graphql`, stop: () => router.kill('SIGKILL') };
}

async function measure(name: string, channelOf: (index: number) => number) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-subscriptions-'));
  const ticker = await startTicker();
  const { supergraphSdl = '' } = composeServices([
    { name: 'ticker', url: ticker.url, typeDefs: parse(tickerSdl) },
  ]);
  const file = path.join(folder, 'supergraph.graphql');
  await writeFile(file, supergraphSdl);
  const router = await startRouter(file, await findFreePort());
  const before = await memoryOf(router.pid);
  const wanted = new Set(Array.from({ length: subscribers }, (_, index) => channelOf(index))).size;
  const connected = await connectSubscribers(router.url, subscribers, channelOf);
  while (ticker.subscribed() < wanted) await pause(50);
  await pause(2_000);
  const after = await memoryOf(router.pid);

  const latencies: number[] = [];
  for (let event = 0; event < events; event += 1) {
    const received = connected.nextEvent();
    ticker.publish();
    latencies.push(...(await received));
    await pause(pauseMs);
  }
  const peak = await memoryOf(router.pid);
  latencies.sort((one, other) => one - other);
  const quantile = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? NaN).toFixed(0);
  const kilobytes = (bytes: number) => ((bytes - before) / subscribers / 1_000).toFixed(1);
  print(
    `| ${name} | ${subscribers} | ${wanted} | ${kilobytes(after)} | ${kilobytes(peak)} | ${quantile(0.5)} | ` +
      `${quantile(0.99)} | ${loadavg()[0]!.toFixed(1)} |`,
  );
  connected.stop();
  router.stop();
  ticker.stop();
  await rm(folder, { recursive: true });
}

print('| scenario | subscribers | at the subgraph | kB each | kB each, after | p50 ms | p99 ms | load |');
print('| -------- | ----------- | --------------- | ------- | -------------- | ------ | ------ | ---- |');
await measure('one channel', () => 0);
await measure('channels of ten', (index) => Math.floor(index / 10));
await measure('a channel each', (index) => index);
process.exit(0);

import { mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { lineProgress } from '@diaspora/local';
import { journeys } from './journeys.js';
import { help, readOptions, type Options } from './options.js';
import { measureRequests } from './requests.js';
import { measureStartUp } from './start-up.js';
import type { Run } from './run.js';
import { processorTable, requestTable, startUpTable, workTable } from './tables.js';

const write = (text: string) => void process.stdout.write(text);

async function measure(options: Options, run: Run): Promise<void> {
  const load = loadavg()[0]!.toFixed(1);
  write(`${cpus().length} cores, Node ${process.versions.node}, load before the start ${load}\n\n`);
  if (options.parts.includes('startup')) {
    const startUp = await measureStartUp(run);
    write(`\n${startUpTable(startUp)}\n\n`);
  }
  if (options.parts.includes('requests')) {
    const measured = await measureRequests(options, run);
    write(`\nOne request\n\n${workTable(measured)}\n`);
    for (const connections of options.connections) {
      write(
        `\n${connections} connection${connections === 1 ? '' : 's'}: router, bare gateway, router / bare\n\n`,
      );
      write(`${requestTable(measured, connections)}\n`);
    }
    write(`\nProcessor time of one request through the router, by process\n\n${processorTable(measured)}\n`);
  }
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort(new Error('Interrupted; everything is cleared away.')));
}
try {
  const options = readOptions(
    process.argv.slice(2),
    journeys.map(({ name }) => name),
  );
  if (options) {
    const { logDir } = options;
    if (logDir !== undefined) mkdirSync(logDir, { recursive: true });
    await measure(options, { progress: lineProgress(write), signal: interruption.signal, logDir });
  } else write(help);
  process.exit(0);
} catch (error) {
  // Ctrl-C reaches the services as well, and what they then fail with is not worth telling.
  const reason: unknown = interruption.signal.aborted ? interruption.signal.reason : error;
  process.stderr.write(`\n${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exit(1);
}

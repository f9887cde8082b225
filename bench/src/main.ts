import { cpus, loadavg } from 'node:os';
import { onShutdown } from '@diaspora/kit';
import { lineProgress } from '@diaspora/local';
import { journeys } from './journeys.js';
import { help, readOptions, type Options } from './options.js';
import { measureRequests } from './requests.js';
import { measureStartUp } from './start-up.js';
import { requestTable, startUpTable, workTable } from './tables.js';

const write = (text: string) => void process.stdout.write(text);

// What an interruption has to clear away.
let clear: () => Promise<void> = async () => undefined;

async function run(options: Options): Promise<void> {
  const progress = lineProgress(write);
  const load = loadavg()[0]!.toFixed(1);
  write(`${cpus().length} cores, Node ${process.versions.node}, load before the start ${load}\n\n`);
  if (options.parts.includes('startup')) {
    const startUp = await measureStartUp(progress, (stop) => (clear = stop));
    write(`\n${startUpTable(startUp)}\n\n`);
  }
  if (options.parts.includes('requests')) {
    const measured = await measureRequests(options, {
      progress,
      onStarted: (machine) => (clear = () => machine.stop()),
    });
    write(`\nOne request\n\n${workTable(measured)}\n`);
    for (const connections of options.connections) {
      write(
        `\n${connections} connection${connections === 1 ? '' : 's'}: router, bare gateway, router / bare\n\n`,
      );
      write(`${requestTable(measured, connections)}\n`);
    }
  }
}

onShutdown(() => clear());
try {
  const options = readOptions(
    process.argv.slice(2),
    journeys.map(({ name }) => name),
  );
  if (options) await run(options);
  else write(help);
  process.exit(0);
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

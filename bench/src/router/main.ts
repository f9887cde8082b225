import { cpus, loadavg } from 'node:os';
import { lineProgress } from '@diaspora/local/progress';
import { measureScenario, type Run } from './measure.js';
import { help, readOptions, type Options } from './options.js';
import { installPeers } from './peers.js';
import { bindSelf, chooseCores } from './processes.js';
import { buildOurs } from './routers.js';
import { dearestFunctions, recordProfile } from './profile.js';
import { figuresTable, notSaturated, ratioTable } from './report.js';
import { scenarios } from './scenarios.js';

const write = (text: string) => void process.stdout.write(text);
const paragraph = (text: string | undefined) => text !== undefined && write(`\n${text}\n`);

async function compareAll(run: Run): Promise<void> {
  for (const scenario of scenarios.filter(({ name }) => run.options.scenarios.includes(name))) {
    write(`\n${scenario.name}: ${scenario.title}\n`);
    const figures = await measureScenario(scenario, run);
    paragraph(figuresTable(figures));
    paragraph(notSaturated(figures));
    paragraph(ratioTable(scenario, figures));
  }
}

async function profileOne(name: NonNullable<Options['profile']>, run: Run): Promise<void> {
  const scenario = scenarios.find((one) => one.name === run.options.scenarios[0])!;
  const profile = await recordProfile(name, scenario, run);
  paragraph(await dearestFunctions(profile));
  paragraph(profile.file);
}

async function work(options: Options, signal: AbortSignal): Promise<void> {
  const progress = lineProgress(write);
  const cores = chooseCores();
  bindSelf(cores.others);
  const load = loadavg()[0]!.toFixed(1);
  write(`${cpus().length} cores, Node ${process.versions.node}, load before the start ${load}\n`);
  if (!cores.router)
    write('Processes cannot be bound to cores here: rates are of what the machine leaves them.\n');
  const run = { options, cores, progress, signal };
  buildOurs();
  if (options.profile !== 'ours') await installPeers(progress, signal);
  if (options.profile) await profileOne(options.profile, run);
  else await compareAll(run);
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort(new Error('Interrupted; everything is cleared away.')));
}
try {
  const options = readOptions(process.argv.slice(2));
  if (options) await work(options, interruption.signal);
  else write(help);
  process.exit(0);
} catch (error) {
  const reason: unknown = interruption.signal.aborted ? interruption.signal.reason : error;
  process.stderr.write(`\n${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exit(1);
}

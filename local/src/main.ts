import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createLogger, onShutdown } from '@diaspora/kit';
import { pino } from 'pino';
import { demoAccounts, loadDemoData } from './demo-data.js';
import { startPlatform, type Platform } from './platform.js';
import { lineProgress } from './progress.js';
import { readSettings, type Settings } from './settings.js';

// The AWS SDK announces on standard error which Node.js it will want next year.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const write = (text: string) => void process.stdout.write(text);
const startedAt = performance.now();

function table(settings: Settings, platform: Platform): string {
  const { ports, dataDir } = settings;
  const base = `http://localhost:${ports.router}`;
  const rows = [
    ['GraphQL', `${base}/graphql`],
    ['GraphiQL', `${base}/graphiql`],
    ['health', `${base}/health/ready`],
    ['metrics', `${base}/metrics`],
    ['mailbox', platform.infrastructure.mailbox.url],
    ['Redis', `${platform.infrastructure.redisUrl} (${platform.infrastructure.redisKind})`],
    ['data', dataDir],
    ['log', logFile(dataDir)],
  ];
  const accounts = demoAccounts.map(({ email, password, what }) => [what, `${email}  ${password}`]);
  return [...rows, ['', ''], ['demo accounts', ''], ...accounts]
    .map(([name, value]) => `  ${name!.padEnd(22)}${value}`.trimEnd())
    .join('\n');
}

const logFile = (dataDir: string) => path.join(dataDir, 'platform.log');

function openLog({ dataDir, logLevel }: Settings) {
  mkdirSync(dataDir, { recursive: true });
  return createLogger({
    name: 'local',
    level: logLevel,
    destination: pino.destination({ dest: logFile(dataDir), sync: true }),
  });
}

async function start(): Promise<void> {
  const settings = readSettings(process.env, process.env['INIT_CWD'] ?? process.cwd());
  write('Starting the supergraph (Ctrl-C ends it)\n');
  const progress = lineProgress(write);
  let platform: Platform | undefined;
  let stopping = false;
  const starting = (async () => {
    const log = openLog(settings);
    const started = await startPlatform(settings, { log, progress });
    platform = started;
    if (!stopping) await loadDemoData(started, settings.dataDir, progress);
  })();
  onShutdown(async () => {
    stopping = true;
    write('\nStopping\n');
    await starting.catch(() => undefined);
    await platform?.stop();
    write('Stopped\n');
  });
  try {
    await starting;
  } catch (error) {
    if (stopping) return;
    await platform?.stop();
    throw error;
  }
  if (stopping || !platform) return;
  write(
    `\nReady in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n\n${table(settings, platform)}\n`,
  );
}

start().catch((error: unknown) => {
  process.stderr.write(`\n${oneLine(error)}\n`);
  process.exit(1);
});

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR'
    ? `The data folder cannot be written: ${message}`
    : message;
}

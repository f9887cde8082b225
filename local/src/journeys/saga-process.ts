/**
 * `saga-process.ts NAME`, NAME being events or payments: the service as it always is, but that it ends as by `kill -9` when
 * it comes to the step that the file KILL_AT names. The file goes first, so that it ends once.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { loadEventsConfig } from '@diaspora/events/config';
import { startEvents } from '@diaspora/events';
import { createLogger, runMain } from '@diaspora/kit';
import { startPayments } from '@diaspora/payments';
import { loadPaymentsConfig } from '@diaspora/payments/config';

const name = process.argv[2] ?? process.env['SAGA_SERVICE'];
const file = process.env['KILL_AT'] ?? '';
const log = createLogger({ name: name ?? 'saga', level: process.env['LOG_LEVEL'] });

async function afterStep(step: string): Promise<void> {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== step) return;
  rmSync(file);
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

await runMain(
  () =>
    name === 'events'
      ? startEvents({ config: loadEventsConfig(process.env), log, afterStep })
      : startPayments({ config: loadPaymentsConfig(process.env), log, afterStep }),
  log,
);

import { createStopStack, type Logger } from '@diaspora/kit';
import { environmentsOf } from './environments.js';
import { startInfrastructure, type Infrastructure } from './infrastructure.js';
import { silentProgress, type Progress } from './progress.js';
import { startServices } from './services.js';
import type { Settings } from './settings.js';

export interface Platform {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly infrastructure: Infrastructure;
  stop(): Promise<void>;
}

/** The whole supergraph on one machine, in one process beside PostgreSQL and Redis. */
export async function startPlatform(
  settings: Settings,
  { log, progress = silentProgress }: { log: Logger; progress?: Progress },
): Promise<Platform> {
  const stack = createStopStack();
  try {
    const infrastructure = await startInfrastructure(settings, progress, (line) => log.info(line));
    stack.push(() => infrastructure.stop());
    const services = await progress.step('six subgraphs and the router', () =>
      startServices(environmentsOf(settings, infrastructure), log),
    );
    stack.push(() => services.stop());
    return { url: services.url, infrastructure, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog } from '@diaspora/kit/testing';
import { environmentsOf } from '../environments.js';
import { findFreeRow } from '../free-ports.js';
import { startInfrastructure } from '../infrastructure.js';
import { startPlatform } from '../platform.js';
import { startProcesses } from '../processes.js';
import { silentProgress } from '../progress.js';
import { portsFrom, type Settings } from '../settings.js';
import type { Running } from './community.js';

/** Settings of a machine of its own: a temporary folder and a row of free ports. */
export async function freshSettings(): Promise<Settings> {
  return {
    ports: portsFrom(await findFreeRow()),
    dataDir: await mkdtemp(path.join(tmpdir(), 'diaspora-journey-')),
    redisUrl: undefined,
    logLevel: 'silent',
  };
}

export async function startInOneProcess(): Promise<Running> {
  const settings = await freshSettings();
  const platform = await startPlatform(settings, { log: silentLog });
  return {
    url: platform.url,
    ports: settings.ports,
    mailbox: platform.infrastructure.mailbox,
    databaseUrls: platform.infrastructure.databaseUrls,
    stop: async () => {
      await platform.stop();
      await rm(settings.dataDir, { recursive: true, force: true });
    },
  };
}

/** The six subgraphs and the router as processes of their own, configured by their environments only. */
export async function startInSevenProcesses(): Promise<Running> {
  const settings = await freshSettings();
  const infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
  const processes = await startProcesses(environmentsOf(settings, infrastructure)).catch(
    async (error: unknown) => {
      await infrastructure.stop();
      throw error;
    },
  );
  return {
    url: processes.url,
    ports: settings.ports,
    mailbox: infrastructure.mailbox,
    databaseUrls: infrastructure.databaseUrls,
    stop: async () => {
      await processes.stop();
      await infrastructure.stop();
      await rm(settings.dataDir, { recursive: true, force: true });
    },
  };
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog } from '@diaspora/kit/testing';
import { eventually } from './actions.js';
import { createClient } from './client.js';
import { loadDemoData } from './demo-data.js';
import { freshSettings } from './journeys/running.js';
import { startPlatform, type Platform } from './platform.js';
import { silentProgress } from './progress.js';
import type { Settings } from './settings.js';

const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
const tour = readme.slice(readme.indexOf('## Five minutes'), readme.indexOf('## The house'));
const blocks = [...tour.matchAll(/```(sh|json)\n(.*?)```/gs)].map(([, language, text]) => ({
  language,
  text: text!,
}));

/** Days depend on when the demo data were loaded. */
const answer = (text: string): unknown => JSON.parse(text.replace(/\d{4}-\d\d-\d\dT/g, 'DAYT'));

describe('the tour in README.md', () => {
  let platform: Platform;
  let settings: Settings;
  beforeAll(async () => {
    settings = await freshSettings();
    platform = await startPlatform(settings, { log: silentLog });
    await loadDemoData(platform, settings.dataDir, silentProgress);
    await eventually(async () => {
      const { data } = await createClient(platform.url).send(
        '{ search(query: "concert", first: 1) { totalCount } }',
      );
      return data.search.totalCount === 1 || undefined;
    }, 'the demo event in search');
  }, 300_000);
  afterAll(async () => {
    await platform.stop();
    await rm(settings.dataDir, { recursive: true, force: true });
  });

  it('answers as it says, command by command', async () => {
    const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
    const script = commands.join('\n').replaceAll('http://localhost:4000', platform.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    const answers = stdout.split('\n').filter((line) => line.startsWith('{'));
    const promised = blocks.filter(({ language }) => language === 'json').map(({ text }) => text);
    expect(answers.map(answer)).toEqual(promised.map(answer));
  });
});

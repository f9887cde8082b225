import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../graphiql', import.meta.url));

export const graphiqlDist = join(root, 'dist');

/** Written last by the build (graphiql/vite.config.js), so that half a build is never served. */
export const isGraphiqlBuilt = (): boolean => existsSync(join(graphiqlDist, '.complete'));

/** Builds GraphiQL in a process of its own (about four seconds). Rejects where its parts are not installed. */
export async function buildGraphiql(): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const build = spawn(process.execPath, [vite, 'build', root, '--logLevel', 'error'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const complaints: Buffer[] = [];
  build.stderr.on('data', (bytes: Buffer) => complaints.push(bytes));
  const code = await new Promise<number | null>((resolve, reject) => {
    build.once('error', reject).once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`GraphiQL was not built: ${Buffer.concat(complaints).toString().slice(-2_000)}`);
}

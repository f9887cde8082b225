import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** Takes the types out of what a router runs, in half a second: it then starts sooner and needs no compiler at its side. */
for (const folder of ['router', 'subgraphs/kit']) {
  const sources = readdirSync(path.join(root, folder, 'src'), { recursive: true, encoding: 'utf8' });
  await build({
    absWorkingDir: path.join(root, folder),
    entryPoints: sources.filter(isRun).map((file) => path.join('src', file)),
    outbase: 'src',
    outdir: 'dist',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
}

function isRun(file) {
  return file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(^|[\\/])(testing|embedded)[\\/]/.test(file);
}

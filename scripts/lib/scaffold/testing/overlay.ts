import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../subgraphs.js';

const copied = [
  ...['package.json', 'tsconfig.json', 'jest.config.js', 'eslint.config.js', 'rover.yaml'],
  ...['.prettierrc.json', '.prettierignore', '.dependency-cruiser.js'],
  ...['subgraphs', 'prisma', 'schema', 'scripts', 'local/src', 'client-sdk/src'],
];

const run = promisify(execFile);

/**
 * A copy of the tree in a temporary folder, to generate into while others use the tree itself. Packages are links to
 * the installed ones; those of the workspace are the copy's own. `include` is what its tsconfig.json covers, so that
 * types and lint take no longer than they must.
 */
export function createOverlay({ include }: { include: readonly string[] }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'diaspora-scaffold-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    copyTree(folder, include);
    linkPackages(folder);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    root: folder,
    linkWorkspace: (name: string) => linkWorkspace(folder, name),
    run: (program: string, args: readonly string[], env: Record<string, string> = {}) =>
      runIn(folder, program, args, env),
    remove,
  };
}

/** Runs a program of node_modules/.bin or a script; rejects with what it printed when it fails. */
async function runIn(cwd: string, program: string, args: readonly string[], env: Record<string, string>) {
  const file = program.endsWith('.ts') ? ['--import', 'tsx', program] : [`node_modules/.bin/${program}`];
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 50_000_000 };
    const { stdout, stderr } = await run(process.execPath, [...file, ...args], options);
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}

function copyTree(folder: string, include: readonly string[]): void {
  const isSource = (file: string) => path.basename(file) !== 'node_modules';
  for (const name of copied)
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true, filter: isSource });
  const tsconfig = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8')) as object;
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ ...tsconfig, include }));
}

function linkPackages(folder: string): void {
  const installed = path.join(root, 'node_modules');
  mkdirSync(path.join(folder, 'node_modules/@diaspora'), { recursive: true });
  for (const name of readdirSync(installed).filter((each) => each !== '@diaspora' && each !== '.cache'))
    symlinkSync(path.join(installed, name), path.join(folder, 'node_modules', name));
  for (const name of readdirSync(path.join(folder, 'subgraphs'))) {
    linkWorkspace(folder, name);
    const own = path.join(root, 'subgraphs', name, 'node_modules');
    if (readdirSync(path.dirname(own)).includes('node_modules'))
      symlinkSync(own, path.join(folder, 'subgraphs', name, 'node_modules'));
  }
}

const linkWorkspace = (folder: string, name: string): void =>
  symlinkSync(path.join(folder, 'subgraphs', name), path.join(folder, 'node_modules/@diaspora', name));

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatted } from './render.js';
import { Refusal } from './names.js';

/** What a command will do to the tree. Paths are relative to its root. */
export interface Changes {
  /** New folders, each with its files by their path inside it. */
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Contents of files in folders that are there: new files, and new contents of old ones. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * All or nothing: everything is written beside its place first, then renamed into it; a failure takes back what was
 * renamed. Answers the paths of what is new and what has changed.
 */
export async function apply(root: string, changes: Changes): Promise<string[]> {
  for (const folder of changes.folders.keys()) {
    if (existsSync(path.join(root, folder))) throw new Refusal(`${folder} exists already.`);
  }
  const laidOut = await layOut(root, changes);
  const stage = mkdtempSync(path.join(root, '.scaffold-'));
  const undo: (() => void)[] = [];
  try {
    for (const [file, text] of laidOut) writeInto(path.join(stage, file), text);
    for (const file of changes.files.keys()) {
      const target = path.join(root, file);
      const before = existsSync(target) ? readFileSync(target) : undefined;
      undo.push(() => (before ? writeFileSync(target, before) : rmSync(target, { force: true })));
      renameSync(path.join(stage, file), target);
    }
    for (const folder of changes.folders.keys()) {
      const target = path.join(root, folder);
      mkdirSync(path.dirname(target), { recursive: true });
      renameSync(path.join(stage, folder), target);
      undo.push(() => rmSync(target, { recursive: true }));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  return [...[...changes.folders.keys()].map((folder) => `${folder}/`), ...changes.files.keys()];
}

async function layOut(root: string, { folders, files }: Changes): Promise<Map<string, string>> {
  const all = [
    ...[...folders].flatMap(([folder, inside]) =>
      [...inside].map(([file, text]) => [path.join(folder, file), text] as const),
    ),
    ...files,
  ];
  const laidOut = new Map<string, string>();
  for (const [file, text] of all) laidOut.set(file, await formatted(root, file, text));
  return laidOut;
}

function writeInto(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

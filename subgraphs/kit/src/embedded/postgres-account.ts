import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The account a server runs under when it is not our own. */
export type Account = { uid: number; gid: number };

/** PostgreSQL refuses to run as root. This number needs no entry in /etc/passwd ("nobody" on most systems). */
const UNPRIVILEGED: Account = { uid: 65534, gid: 65534 };

/** Undefined: run as ourselves. As root: the owner of an existing cluster, else an unprivileged account. */
export async function chooseAccount(cluster: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await stat(cluster).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : UNPRIVILEGED;
}

/** Whether `account` may walk through every folder above `path` (access lists are not looked at). */
export async function canReach(path: string, account: Account): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found) {
      const shift = found.uid === account.uid ? 6 : found.gid === account.gid ? 3 : 0;
      if (((found.mode >> shift) & 1) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

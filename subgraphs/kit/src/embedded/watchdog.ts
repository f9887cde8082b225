import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Ends process `pid` when this process dies without a chance to do so itself (kill -9, power cut of a container).
 * A shell of its own session waits for the end of a pipe that only this process holds open; the kernel closes it
 * whatever way we die. Where there is no /bin/sh nothing is watched: the next start ends the leftover.
 */
export function watchOver(pid: number, signal: 'INT' | 'TERM'): { release(): void } {
  const script = `read -r _; kill -${signal} "$0" 2>/dev/null`;
  const shell = spawn('/bin/sh', ['-c', script, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as Socket).unref();
  return { release: () => void shell.kill('SIGKILL') };
}

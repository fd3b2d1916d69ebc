import { spawn } from 'node:child_process';

/**
 * Lets a process that stands still run on when this one ends, however it ends: only then can it hear that it has to stop too. A shell waits
 * for the end of a pipe that this process alone holds; it has a session of its own, so that what ends this one does not end it.
 * Answers how to call that off, which lets the process run on at once.
 */
export function thawAtOurEnd(pid: number): () => void {
  const watcher = spawn('/bin/sh', ['-c', `cat; kill -CONT ${pid}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // No shell: the process stands until somebody lets it go on.
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  return () => watcher.stdin.end();
}

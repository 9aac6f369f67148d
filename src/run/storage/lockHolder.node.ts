import type { Stats } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { maxLockBytes, parseLockText } from './lockFile';
import { findProcess, isFromThisSystem, ownStart, type ProcessStart } from './processStart.node';

/** A process in a lock file: its id, and its start if known, because ids are reused. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: ProcessStart | undefined;
}

/** The holder of a lock. */
export interface LockHolder extends ProcessIdentity {
  /** The machine, or the container; undefined if the lock does not name one. */
  readonly host: string | undefined;
  /** The process that writes for the holder. */
  readonly writer: ProcessIdentity | undefined;
  /** Time of the last heartbeat, in milliseconds by the clock of the file system. */
  readonly lastHeartbeat: number;
}

/** The content of a lock file: one line for the holder, and one for the process that writes for it, if there is one. */
export async function lockText(writer?: ProcessIdentity): Promise<string> {
  const start = await (ownProcessStart ??= ownStart());
  const holder = [process.pid, hostname(), start].filter((part) => part !== undefined).join(' ');
  const lines = writer === undefined ? [] : [writer.pid, writer.start].filter((part) => part !== undefined).join(' ');
  return [holder, lines].flat().join('\n');
}

let ownProcessStart: Promise<ProcessStart | undefined> | undefined;

/** A process in messages. */
export function formatProcess({ pid, host }: Pick<LockHolder, 'pid' | 'host'>): string {
  return host === undefined || host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
}

/** The holder of a lock file; undefined if there is no such file, or if it does not name a process. */
export async function readHolder(path: string): Promise<LockHolder | undefined> {
  const entry = await lstat(path).catch(() => undefined);
  return entry === undefined ? undefined : parseHolder(path, entry);
}

/** The holder in a lock file; undefined if it does not name a process. */
export async function parseHolder(path: string, entry: Stats): Promise<LockHolder | undefined> {
  // Reading a pipe would block for ever.
  if (!entry.isFile() || entry.size > maxLockBytes) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  const holder = parseLockText(text);
  return holder && { ...holder, lastHeartbeat: entry.mtimeMs };
}

/** Whether the holder is this process: a stale lock of another process with the same id has another start. */
export async function isThisProcess({ pid, host, start }: LockHolder): Promise<boolean> {
  if (pid !== process.pid || host !== hostname()) return false;
  return start === undefined || start === (await (ownProcessStart ??= ownStart()));
}

/**
 * Whether the holder of a lock, or the process that writes for it, still lives.
 *
 * @param hasHeartbeat whether its last heartbeat is recent; asked for only where the process can't be checked
 */
export async function isAlive(holder: LockHolder, hasHeartbeat: () => boolean): Promise<boolean> {
  // The machine is not known: the process must run here, and have a recent heartbeat.
  if (holder.host === undefined) return hasHeartbeat() && (await isRunning(holder));
  // A process of another machine or container cannot be checked: only its heartbeat can.
  if (holder.host !== hostname()) return hasHeartbeat();
  if (holder.start !== undefined && !(await isFromThisSystem(holder.start))) return hasHeartbeat();
  return (await isRunning(holder)) || (holder.writer !== undefined && (await isRunning(holder.writer)));
}

async function isRunning({ pid, start }: ProcessIdentity): Promise<boolean> {
  const found = await findProcess(pid);
  switch (found.kind) {
    case 'none':
      return false;
    case 'unknown':
      return true;
    case 'running':
      return start === undefined || found.start === undefined || start === found.start;
    default:
      return found satisfies never;
  }
}

/** Milliseconds within which a writer exits after its holder has ended. */
const writerExitTimeout = 3000;

/** Waits until the writer has exited, if the holder has ended. */
export async function waitForWriterExit(holder: LockHolder): Promise<void> {
  const { writer, host } = holder;
  if (writer === undefined || host !== hostname() || (await isRunning(holder))) return;
  const end = performance.now() + writerExitTimeout;
  while (performance.now() < end && (await isRunning(writer))) await sleep(50);
}

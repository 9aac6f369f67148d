import type { Stats } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProcess, isOfThisSystem, ownStart, type ProcessStart } from './processStart.node';

/** Bytes: a number, a host and a start of the holder, a number and a start of the process that writes for it. */
const longestLock = 1024;

/** Milliseconds after which a holder on another machine, that has given no sign of life for so long, counts as gone. */
const longestSilence = 60_000;

/** A process as a lock names it: its number, and its start where that is known, since numbers are used again. */
export interface NamedProcess {
  readonly pid: number;
  readonly start: ProcessStart | undefined;
}

/** Who a lock says holds its folder. */
export interface Holder extends NamedProcess {
  /** The machine, or the container; undefined in a lock that does not say. */
  readonly host: string | undefined;
  /** The process that writes for the holder. */
  readonly writer: NamedProcess | undefined;
  /** When it last gave a sign of life, in milliseconds by the clock of the carrier. */
  readonly lastSign: number;
}

/** A lock is one line for its holder, and one for the process that writes for it, where there is such a one. */
export async function lockText(writer?: NamedProcess): Promise<string> {
  const start = await (own ??= ownStart());
  const holder = [process.pid, hostname(), start].filter((part) => part !== undefined).join(' ');
  const lines = writer === undefined ? [] : [writer.pid, writer.start].filter((part) => part !== undefined).join(' ');
  return [holder, lines].flat().join('\n');
}

let own: Promise<ProcessStart | undefined> | undefined;

/** A process as messages name it. */
export function formatProcess({ pid, host }: Pick<Holder, 'pid' | 'host'>): string {
  return host === undefined || host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
}

/** undefined where there is no lock, or none that names a process. */
export async function holderOf(path: string): Promise<Holder | undefined> {
  const entry = await lstat(path).catch(() => undefined);
  return entry === undefined ? undefined : holderIn(path, entry);
}

/** undefined where what stands there names no process. */
export async function holderIn(path: string, entry: Stats): Promise<Holder | undefined> {
  // A pipe in place of the file would be waited on for ever.
  if (!entry.isFile() || entry.size > longestLock) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  const [first = '', second = ''] = text.split('\n');
  const [, pid, host, start] = /^([1-9]\d{0,9})(?: (\S{1,255})(?: (\S{1,100}))?)?$/.exec(first) ?? [];
  if (pid === undefined) return undefined;
  const [, writer, writerStart] = /^([1-9]\d{0,9})(?: (\S{1,100}))?$/.exec(second) ?? [];
  return {
    pid: Number(pid),
    start,
    host,
    writer: writer === undefined ? undefined : { pid: Number(writer), start: writerStart },
    lastSign: entry.mtimeMs,
  };
}

/** Of a lock that was left behind by another process of this number, the start is another. */
export async function isThisProcess({ pid, host, start }: Holder): Promise<boolean> {
  if (pid !== process.pid || host !== hostname()) return false;
  return start === undefined || start === (await (own ??= ownStart()));
}

/** Whether the holder of a lock, or the process that writes for it, still lives. */
export async function isAlive(holder: Holder, now: number): Promise<boolean> {
  const hasSigned = Math.abs(now - holder.lastSign) <= longestSilence;
  // Which machine it is of is not known: it must be running here, and have given a sign.
  if (holder.host === undefined) return hasSigned && (await isRunning(holder));
  // Numbers of another machine or container mean nothing here: all that can be seen is when it last gave a sign.
  if (holder.host !== hostname()) return hasSigned;
  if (holder.start !== undefined && !(await isOfThisSystem(holder.start))) return hasSigned;
  return (await isRunning(holder)) || (holder.writer !== undefined && (await isRunning(holder.writer)));
}

async function isRunning({ pid, start }: NamedProcess): Promise<boolean> {
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

/** Milliseconds that a process which writes for another one needs at most to end, once that one is gone. */
const longestEnding = 3000;

/** Where the holder is gone, the process that has written for it is about to end. */
export async function untilWriterEnds(holder: Holder): Promise<void> {
  const { writer, host } = holder;
  if (writer === undefined || host !== hostname() || (await isRunning(holder))) return;
  const end = performance.now() + longestEnding;
  while (performance.now() < end && (await isRunning(writer))) await sleep(50);
}

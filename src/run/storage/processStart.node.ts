import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * When a process began, as this system writes it: two processes that have had the same number differ in it. Without
 * spaces, at most 100 characters. Compared for equality only.
 */
export type ProcessStart = string;

/** What this system knows of a process number. */
export type ProcessFound =
  /** There is none, or only a zombie: a process that has ended and that its parent has not asked for. */
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly start: ProcessStart | undefined }
  /** The system could not be asked. */
  | { readonly kind: 'unknown' };

const run = promisify(execFile);
/** Milliseconds after which a program that was asked counts as not answering. */
const longestAnswer = 5000;

/** Looks a process up by its number, on this machine and in this container. */
export async function findProcess(pid: number): Promise<ProcessFound> {
  if (!isThere(pid)) return { kind: 'none' };
  switch (process.platform) {
    case 'linux':
      return onLinux(pid);
    case 'win32':
      return onWindows(pid);
    default:
      return withPs(pid);
  }
}

/** When this process began; undefined where the system does not say. */
export async function ownStart(): Promise<ProcessStart | undefined> {
  const found = await findProcess(process.pid);
  return found.kind === 'running' ? found.start : undefined;
}

/**
 * Whether a start belongs to a process of this boot and this container. Where it does not, the process number that came
 * with it means nothing here.
 */
export async function isOfThisSystem(start: ProcessStart): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  return start.startsWith(`${await linuxSystem()}:`);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else's may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** See proc(5): field 3 is the state, field 22 the start in clock ticks since the boot. */
async function onLinux(pid: number): Promise<ProcessFound> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
    // Where /proc is hidden, or not mounted, a number is all that there is.
    return isGone && (await isProcReadable()) ? { kind: 'none' } : { kind: 'unknown' };
  }
  // The name in parentheses may hold anything, parentheses and spaces included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return { kind: 'none' };
  return { kind: 'running', start: `${await linuxSystem()}:${fields[19] ?? ''}` };
}

async function isProcReadable(): Promise<boolean> {
  return readFile('/proc/self/stat').then(
    () => true,
    () => false,
  );
}

let system: Promise<string> | undefined;

/** The boot, and the namespace that process numbers belong to: a container has its own. */
function linuxSystem(): Promise<string> {
  return (system ??= Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]).then((parts) => parts.map((part) => part.replace(/[^0-9a-f]/g, '')).join(':')));
}

async function withPs(pid: number): Promise<ProcessFound> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      timeout: longestAnswer,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const [state = '', ...start] = stdout.trim().split(/\s+/);
    return state.startsWith('Z') ? { kind: 'none' } : { kind: 'running', start: start.join('_') };
  } catch {
    return { kind: 'unknown' };
  }
}

async function onWindows(pid: number): Promise<ProcessFound> {
  const question = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
  try {
    const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', question], {
      timeout: longestAnswer,
      windowsHide: true,
    });
    const start = stdout.trim();
    return { kind: 'running', start: start === '' ? undefined : start };
  } catch {
    return { kind: 'unknown' };
  }
}

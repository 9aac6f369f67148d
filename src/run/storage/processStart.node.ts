import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * The start time of a process in the format of this system; it distinguishes processes that have had the same id. Without
 * spaces, at most 100 characters. Only compared for equality.
 */
export type ProcessStart = string;

/** The result of looking up a process id. */
export type ProcessFound =
  /** There is none, or only a zombie: a process that has ended and that its parent has not waited for. */
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly start: ProcessStart | undefined }
  /** The system gave no answer. */
  | { readonly kind: 'unknown' };

const run = promisify(execFile);
/** Timeout of a query, in milliseconds. */
const queryTimeout = 5000;

/** Looks up a process by its id, on this machine and in this container. */
export async function findProcess(pid: number): Promise<ProcessFound> {
  if (!exists(pid)) return { kind: 'none' };
  switch (process.platform) {
    case 'linux':
      return findOnLinux(pid);
    case 'win32':
      return findOnWindows(pid);
    default:
      return findWithPs(pid);
  }
}

/** The start of this process; undefined if the system does not tell. */
export async function ownStart(): Promise<ProcessStart | undefined> {
  const found = await findProcess(process.pid);
  return found.kind === 'running' ? found.start : undefined;
}

/**
 * Whether a start is of a process of this boot and this container. If not, the process id beside it has no meaning here.
 */
export async function isFromThisSystem(start: ProcessStart): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  return start.startsWith(`${await linuxSystem()}:`);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user cannot be signalled, but exists.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** See proc(5): field 3 is the state, field 22 the start in clock ticks since the boot. */
async function findOnLinux(pid: number): Promise<ProcessFound> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
    // If /proc is hidden or not mounted, only the id is known.
    return isGone && (await isProcReadable()) ? { kind: 'none' } : { kind: 'unknown' };
  }
  // The name in parentheses may contain anything, parentheses and spaces included.
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

let cachedLinuxSystem: Promise<string> | undefined;

/** The boot id, and the namespace of process ids: a container has its own. */
function linuxSystem(): Promise<string> {
  return (cachedLinuxSystem ??= Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]).then((parts) => parts.map((part) => part.replace(/[^0-9a-f]/g, '')).join(':')));
}

async function findWithPs(pid: number): Promise<ProcessFound> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      timeout: queryTimeout,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const [state = '', ...start] = stdout.trim().split(/\s+/);
    return state.startsWith('Z') ? { kind: 'none' } : { kind: 'running', start: start.join('_') };
  } catch {
    return { kind: 'unknown' };
  }
}

async function findOnWindows(pid: number): Promise<ProcessFound> {
  const question = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
  try {
    const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', question], {
      timeout: queryTimeout,
      windowsHide: true,
    });
    const start = stdout.trim();
    return { kind: 'running', start: start === '' ? undefined : start };
  } catch {
    return { kind: 'unknown' };
  }
}

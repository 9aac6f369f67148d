import { readFileSync, writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** By how much the trainer's niceness exceeds the editor's: it gets a third of the share where both want the same core. */
const nicer = 5;

/** A process may change its group only every 100 ms, and another one that starts counts too. */
const retry = { milliseconds: 200, times: 10 } as const;

/**
 * Lowers the priority of this process below the editor's: on Linux and macOS by 5, on Windows to the class "below normal".
 * The threads that Node starts from here on inherit it. Training is slower where other programs want the same cores, and no
 * result changes. Where the system does not allow it, training competes with the editor.
 */
export function lowerPriority(): void {
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
  try {
    setPriority(process.platform === 'win32' ? PRIORITY_BELOW_NORMAL : Math.min(getPriority() + nicer, PRIORITY_LOW));
  } catch {
    // See above.
  }
  if (process.platform === 'linux') lowerGroup(retry.times);
}

/**
 * Lowers the priority of this process's scheduling group. Linux first shares the cores among groups of processes, one per
 * session (`CONFIG_SCHED_AUTOGROUP`, see sched(7)); the priority of a process counts only within its group. So training
 * would take half of the cores from a browser that shows the editor. Does nothing in a session of other processes.
 */
function lowerGroup(triesLeft: number): void {
  try {
    if (sessionOf(readFileSync('/proc/self/stat', 'utf8')) !== process.pid) return;
    writeFileSync('/proc/self/autogroup', String(nicer));
  } catch (error) {
    const isTooSoon = (error as NodeJS.ErrnoException).code === 'EAGAIN' && triesLeft > 0;
    if (isTooSoon) setTimeout(() => lowerGroup(triesLeft - 1), retry.milliseconds).unref();
  }
}

/** The session in /proc/PID/stat, see proc(5): the sixth field. The second one is a name in parentheses with any text. */
function sessionOf(stat: string): number {
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(session);
}

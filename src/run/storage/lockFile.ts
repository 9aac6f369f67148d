// The content of run.lock, which processes of Node.js and windows in a browser write and read.

/** Maximum size of a lock file, in bytes: pid, host and start of the holder, pid and start of its writer. */
export const maxLockBytes = 1024;

/** Milliseconds between the heartbeats of a lock. */
export const heartbeatInterval = 10_000;

/** Milliseconds without a heartbeat after which a holder that can't be checked counts as ended. */
export const heartbeatTimeout = 60_000;

/** What a lock file says. */
export interface LockText {
  readonly pid: number;
  /** The machine, the container, or the origin of a page; undefined if the lock does not name one. */
  readonly host: string | undefined;
  /** When the process started, as its system writes it; undefined if unknown. */
  readonly start: string | undefined;
  /** The process that writes for the holder. */
  readonly writer: { readonly pid: number; readonly start: string | undefined } | undefined;
}

/** What the text of a lock file says; undefined if it does not name a process. */
export function parseLockText(text: string): LockText | undefined {
  const [first = '', second = ''] = text.split('\n');
  const [, pid, host, start] = /^([1-9]\d{0,9})(?: (\S{1,255})(?: (\S{1,100}))?)?$/.exec(first) ?? [];
  if (pid === undefined) return undefined;
  const [, writer, writerStart] = /^([1-9]\d{0,9})(?: (\S{1,100}))?$/.exec(second) ?? [];
  return {
    pid: Number(pid),
    host,
    start,
    writer: writer === undefined ? undefined : { pid: Number(writer), start: writerStart },
  };
}

import { window, type LogOutputChannel } from 'vscode';

/** The one log channel of the extension. */
export type Log = LogOutputChannel;

/** Opens the log channel; whoever opens it disposes it. */
export function openLog(): Log {
  return window.createOutputChannel('Unroll', { log: true });
}

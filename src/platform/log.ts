import { window, type LogOutputChannel } from 'vscode';
import { plainText } from '../text/plainText';

/** The extension's log channel. Messages are logged as plain text. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Shows the channel in the panel. */
  show(): void;
  dispose(): void;
}

/** Opens the log channel. The caller disposes it. */
export function openLog(): Log {
  return plainLog(window.createOutputChannel('Unroll', { log: true }));
}

/** A log that writes plain text to a channel. Disposing it disposes the channel. */
export function plainLog(channel: Pick<LogOutputChannel, 'info' | 'warn' | 'error' | 'show' | 'dispose'>): Log {
  return {
    info: (message) => {
      channel.info(plainText(message));
    },
    warn: (message) => {
      channel.warn(plainText(message));
    },
    error: (message) => {
      channel.error(plainText(message));
    },
    show: () => {
      channel.show();
    },
    dispose: () => {
      channel.dispose();
    },
  };
}

import { isLive, type PendingCommand, type RunStatus } from '../../src/protocol/run';
import type { PanelCommand } from '../../src/protocol/panel';
import type { Model, SentCommand } from './model';

/** The command that has been pressed and has not taken effect: known at once on this page, later by the host. */
export function pendingCommandOf({ sent, run }: Pick<Model, 'sent' | 'run'>): PendingCommand | undefined {
  return sent?.command ?? run?.status.pending;
}

/** The sent command after a button was pressed; undefined for a command that needs no update to end. */
export function sentCommand(command: PanelCommand, status: RunStatus | undefined): SentCommand | undefined {
  if (command !== 'pause' && command !== 'step' && command !== 'stop') return undefined;
  return status === undefined || !isLive(status.state) ? undefined : { command, updates: status.updates };
}

/** The sent command after the host has sent a status: from its answer on, the status says what is pending. */
export function stillSent(sent: SentCommand | undefined, status: RunStatus): SentCommand | undefined {
  if (sent === undefined || status.pending !== undefined || !isLive(status.state)) return undefined;
  const { command, updates } = sent;
  switch (command) {
    case 'pause':
      return status.state === 'paused' ? undefined : sent;
    case 'step':
      return status.state === 'paused' && status.updates > updates ? undefined : sent;
    case 'stop':
      return sent;
    default:
      return command satisfies never;
  }
}

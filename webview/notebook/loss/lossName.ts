import type { RunInfo } from '../../../src/protocol/run';

/** The name of a loss. */
export function lossName({ kind, reduction }: RunInfo['loss']): string {
  const name = kind === 'mse' ? 'Squared error' : 'Cross-entropy';
  return reduction === 'mean' ? `${name} (mean over targets)` : `${name} (summed over steps)`;
}

/** The unit on a loss axis. */
export function lossUnit(kind: RunInfo['loss']['kind']): string {
  return kind === 'mse' ? 'squared error' : 'nats';
}

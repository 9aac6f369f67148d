import type { RunInfo } from '../../../src/protocol/run';
import { translate } from '../../../src/text/translate';

/** The name of a loss; a mean over targets, as PyTorch's losses are by default, is not named. */
export function lossName({ kind, reduction }: RunInfo['loss']): string {
  // The program alone knows which.
  if (kind === 'other') return translate`Loss`;
  const name = kind === 'mse' ? translate`Squared error` : translate`Cross-entropy`;
  return reduction === 'mean' ? name : translate`${name} (summed over steps)`;
}

/** The unit on a loss axis; that of a table is not the unit of its columns. Undefined if it is unknown. */
export function lossUnit({ loss, scaling }: Pick<RunInfo, 'loss' | 'scaling'>): string | undefined {
  if (loss.kind === 'other') return undefined;
  if (loss.kind === 'crossEntropy') return translate`nats`;
  return scaling === null || scaling.kind === 'none' ? translate`squared error` : translate`squared error, scaled`;
}

/** The titles of a loss axis, each shorter than the one before. */
export function lossTitles(
  run: Pick<RunInfo, 'loss' | 'scaling'>,
  yAxis: 'linear' | 'log',
): readonly [string, ...string[]] {
  const scale = yAxis === 'log' ? translate` (log)` : '';
  const unit = lossUnit(run);
  return [`L${unit === undefined ? '' : `, ${unit}`}${scale}`, ...(scale === '' ? [] : [`L${scale}`]), 'L'];
}

/**
 * The root of a mean squared error in the unit of the only target column; undefined for several targets, for a summed loss
 * and for data that is not scaled.
 */
export function errorInDataUnit(loss: number, { loss: { kind, reduction }, scaling }: RunInfo): number | undefined {
  const [target, ...others] = scaling?.targets ?? [];
  if (kind !== 'mse' || reduction !== 'mean' || target === undefined || others.length > 0) return undefined;
  return Math.sqrt(loss) * target.scale;
}

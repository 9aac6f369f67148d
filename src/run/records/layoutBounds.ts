import type { RecordLayout } from './recordBatch';

/** Maximum number of names of parameters, or of gates of all layers. */
export const maxNames = 1 << 14;
/** Maximum L · T of the series through time. */
const maxSeriesLength = 1 << 22;
/** Maximum number of layers, as in an experiment. */
const maxLayers = 1024;
const maxNameLength = 256;

/**
 * Whether a layout is within the bounds of what a run can have. It may come from an untrusted file, and determines how
 * much memory is allocated and how long loops are, so products of its numbers are bounded as well.
 */
export function isBounded({ parameters, layers, steps, saturating, metrics = [] }: RecordLayout): boolean {
  return (
    layers <= maxLayers &&
    layers * steps <= maxSeriesLength &&
    layers * saturating.length <= maxNames &&
    areNames(parameters) &&
    areNames(saturating) &&
    areNames(metrics) &&
    // A column of its own has this name.
    !metrics.includes('loss')
  );
}

function areNames(names: readonly string[]): boolean {
  return (
    names.length <= maxNames &&
    new Set(names).size === names.length &&
    names.every(({ length }) => length <= maxNameLength)
  );
}

/** The name of the column of a metric. */
export function metricColumn(name: string): string {
  return `validation_${name}`;
}

/** The names of the columns of records with this layout, in the order of the file. */
export function* columnNames({
  parameters,
  layers,
  hasCellState,
  saturating,
  metrics = [],
}: RecordLayout): Generator<string> {
  yield* ['update', 'loss', 'validation_loss', 'grad_norm', 'clipped_norm', 'clip_coefficient'];
  yield* ['clipped', 'learning_rate', 'seconds'];
  for (const name of metrics) yield metricColumn(name);
  for (const name of parameters) {
    for (const quantity of ['grad_norm', 'clipped_norm', 'update_norm', 'weight_norm']) yield `${quantity}/${name}`;
  }
  yield 'loss_per_step';
  for (let layer = 0; layer < layers; layer++) {
    yield `dh_l${layer}`;
    yield `dh_local_l${layer}`;
    if (hasCellState) yield `dc_l${layer}`;
    for (const name of saturating) {
      yield `saturation_low_l${layer}/${name}`;
      yield `saturation_high_l${layer}/${name}`;
    }
  }
}

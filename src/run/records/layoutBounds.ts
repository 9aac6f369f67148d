import type { RecordLayout } from './recordBatch';

/** Names of parameters, or of gates (of all layers together), at the most. */
export const mostNames = 1 << 14;
/** L · T of the series through time at the most: what is wider is refused. */
const largestSeries = 1 << 22;
/** Layers at the most: as many as an experiment can ask for. */
const mostLayers = 1024;
const longestName = 256;

/**
 * Whether a layout is one that a run can have. It comes with files that may be a stranger's, and decides how much memory
 * is taken and how long loops are, so products of its numbers are bounded as well.
 */
export function isBounded({ parameters, layers, steps, saturating }: RecordLayout): boolean {
  return (
    layers <= mostLayers &&
    layers * steps <= largestSeries &&
    layers * saturating.length <= mostNames &&
    areNames(parameters) &&
    areNames(saturating)
  );
}

function areNames(names: readonly string[]): boolean {
  return (
    names.length <= mostNames &&
    new Set(names).size === names.length &&
    names.every(({ length }) => length <= longestName)
  );
}

/** The names of the columns that records of a layout have, in the file's order. */
export function* columnNames({ parameters, layers, hasCellState, saturating }: RecordLayout): Generator<string> {
  yield* ['update', 'loss', 'validation_loss', 'grad_norm', 'clipped_norm', 'clip_coefficient'];
  yield* ['clipped', 'learning_rate', 'seconds'];
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

import type { Inspection } from '../../../src/protocol/inspection';
import type { Table } from '../../plot/table';

/** ‖∂L/∂h_t‖ of one sequence, split, over the steps. */
export function backwardTable(
  { sequence, update, steps }: Inspection,
  layer: number,
  norms: { readonly total: Float64Array; readonly local: Float64Array; readonly later: Float64Array },
): Table {
  return {
    caption: `‖∂L/∂h_t‖ of sequence ${sequence} at update ${update}, layer ${layer}`,
    columns: ['t', 'total', 'from this step', 'from step t+1'],
    rows: Array.from({ length: steps }, (_, t) => [
      t,
      norms.total[t] ?? NaN,
      norms.local[t] ?? NaN,
      norms.later[t] ?? NaN,
    ]),
  };
}

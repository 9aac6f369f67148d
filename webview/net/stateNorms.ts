import type { InspectedLayer, Inspection } from '../../src/protocol/inspection';

/** The norms of the gradients of one layer's states, for one sequence. */
export interface StateNorms {
  /** (T) ‖∂L/∂h_t‖ */
  readonly total: Float64Array;
  /** (T) the norm of the part of ∂L/∂h_t that does not come through t+1: of the step's own loss, or the layer above. */
  readonly local: Float64Array;
  /** (T) the norm of the part of ∂L/∂h_t from step t+1. */
  readonly later: Float64Array;
  /** (T) ‖∂L/∂c_{t+1} ∘ f_{t+1}‖: the part of ∂L/∂c_t from step t+1 on the direct path; empty for cells without c. */
  readonly laterCell: Float64Array;
}

/** The norms of a layer over the steps of the inspected sequence. */
export function stateNorms(
  { dh, dhLocal, dc, gates, hidden }: InspectedLayer,
  { steps }: Pick<Inspection, 'steps'>,
): StateNorms {
  const norm = (value: (i: number) => number): Float64Array =>
    Float64Array.from({ length: steps }, (_, t) => {
      let sum = 0;
      for (let i = t * hidden; i < (t + 1) * hidden; i++) sum += value(i) ** 2;
      return Math.sqrt(sum);
    });
  const forget = gates.find(({ name }) => name === 'f')?.values;
  // One step is `hidden` numbers further on; after the last one nothing comes.
  const fromCell = (i: number): number => (dc[i + hidden] ?? 0) * (forget?.[i + hidden] ?? 0);
  return {
    total: norm((i) => dh[i] ?? 0),
    local: norm((i) => dhLocal[i] ?? 0),
    later: norm((i) => (dh[i] ?? 0) - (dhLocal[i] ?? 0)),
    laterCell: dc.length === 0 ? new Float64Array(0) : norm(fromCell),
  };
}

import type { Table } from '../../plot/table';
import { translate } from '../../../src/text/translate';

/** ‖∂L_t/∂h_k‖ or ‖∂L_t/∂c_k‖: a row per loss, a column per step; empty above the diagonal and where a step has no loss. */
export function gradientFlowTable(steps: number, matrix: Float64Array, state: 'h' | 'c', update: number): Table {
  return {
    caption: translate`‖∂L_t/∂${state}_k‖ at update ${update}: a row per loss t, a column per step k`,
    columns: ['t', ...Array.from({ length: steps }, (_, k) => `k = ${k}`)],
    rows: Array.from({ length: steps }, (_, t) => [t, ...matrix.subarray(t * steps, (t + 1) * steps)]),
  };
}

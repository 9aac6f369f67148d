import type { Table } from '../plot/table';
import { translate } from '../../src/text/translate';

/** A curve as a function of the update. */
export interface TabledCurve {
  readonly name: string;
  /** Number of updates of the run. */
  readonly updates: number;
  /** Updates per point of the curve. */
  readonly stride: number;
  /** NaN where there is none. */
  readonly valueAt: (update: number) => number;
}

/** All curves over the same updates, a column each, at the resolution of the coarsest curve. */
export function curvesTable(measure: string, curves: readonly TabledCurve[]): Table {
  const stride = Math.max(1, ...curves.map((curve) => curve.stride));
  const updates = Math.max(0, ...curves.map((curve) => curve.updates));
  return {
    caption: translate`${measure} of every run${stride === 1 ? '' : translate`; a row every ${stride} updates`}`,
    columns: [translate`update`, ...curves.map(({ name }) => name)],
    rows: Array.from({ length: Math.ceil(updates / stride) }, (_, row) => [
      row * stride,
      ...curves.map(({ valueAt }) => valueAt(row * stride)),
    ]),
  };
}

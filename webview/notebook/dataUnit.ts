import type { Inspection } from '../../src/protocol/inspection';
import type { RunInfo } from '../../src/protocol/run';

/** How one column was rescaled. */
export type Rescaling = NonNullable<RunInfo['scaling']>['targets'][number];

/** A scaled number in the unit of its column; the number itself without a rescaling. */
export function inDataUnit(value: number, rescaling: Rescaling | undefined): number {
  return rescaling === undefined ? value : value * rescaling.scale + rescaling.shift;
}

/** Whether the numbers of the net differ from those of the data. */
export function isScaled({ scaling }: Pick<Inspection, 'scaling'>): boolean {
  return scaling !== null && scaling.kind !== 'none';
}

/** Rows (T,width) of scaled numbers in the units of their columns. */
export function rowsInDataUnit(rows: Float64Array, rescalings: readonly Rescaling[] | undefined): Float64Array {
  const width = rescalings?.length ?? 0;
  return width === 0 ? rows : rows.map((value, index) => inDataUnit(value, rescalings?.[index % width]));
}

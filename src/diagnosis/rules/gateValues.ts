import { gatesOf, type Gate } from '../../run/cellGates';
import type { StepSeries } from '../../run/records/recordBatch';
import type { RunInfo } from '../../run/runInfo';

/** The shares of a gate's values at the ends of its range, over the steps and units of an update. */
export interface Extremes {
  readonly layer: number;
  readonly name: string;
  readonly role: Gate['role'];
  readonly low: number;
  readonly high: number;
}

/** The saturation of each gate and candidate state of each layer, with the role that the cell declares for it. */
export function extremesOf(series: StepSeries | undefined, { cell }: RunInfo): readonly Extremes[] {
  const roles = new Map(gatesOf(cell).map(({ name, role }) => [name, role]));
  return (series?.layers ?? []).flatMap(({ saturation }, layer) =>
    saturation.flatMap((extremes) => {
      const role = roles.get(extremes.name);
      return role === undefined ? [] : [{ layer, role, ...extremes }];
    }),
  );
}

/** The layer, where there are several. */
export function inLayer({ layerCount }: RunInfo, layer: number): string {
  return layerCount === 1 ? '' : ` in layer ${layer}`;
}

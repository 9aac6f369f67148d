import { gatesOf, type Gate } from '../../run/cellGates';
import type { StepSeries } from '../../run/records/recordBatch';
import type { RunInfo } from '../../run/runInfo';
import { english } from '../../text/translate';

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
  if (cell === 'unknown') return [];
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
  return layerCount === 1 ? '' : english` in layer ${layer}`;
}

/** The shares of the values of a candidate state from which a layer counts as saturated: half, of a relu's zeros more. */
export const saturationLimits = { relu: 0.95, others: 0.5 } as const;

/** The candidate state with the largest share of saturated values, where that is above its limit. */
export function saturatedLayer(series: StepSeries | undefined, info: RunInfo): ReturnType<typeof saturatedCandidate> {
  const limit = info.activation === 'relu' ? saturationLimits.relu : saturationLimits.others;
  const found = saturatedCandidate(series, info);
  return found !== undefined && found.share > limit ? found : undefined;
}

/**
 * The largest share of the candidate state's values, of all layers, where its slope is near 0; undefined without a record.
 * A relu has slope 0 at 0 only, however large its values are, and an identity has slope 1 everywhere.
 */
export function saturatedCandidate(
  series: StepSeries | undefined,
  info: RunInfo,
): { readonly layer: number; readonly name: string; readonly share: number } | undefined {
  return extremesOf(series, info)
    .filter(({ role }) => role === 'candidate')
    .map(({ layer, name, low, high }) => {
      // Only the vanilla RNN has an activation; the candidates of the other cells are tanh.
      const share = info.activation === 'relu' ? low : info.activation === 'identity' ? 0 : low + high;
      return { layer, name, share };
    })
    .toSorted((one, other) => other.share - one.share)[0];
}

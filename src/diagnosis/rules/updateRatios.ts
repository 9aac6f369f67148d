import { isWeight, type Observations } from '../observations';

/** The mean ‖Δw‖/‖w‖ of each weight matrix over the recent updates. */
export function ratiosOf({
  info,
  updateRatios,
}: Observations): readonly { readonly name: string; readonly ratio: number }[] {
  return info.layout.parameters.flatMap((name, p) =>
    isWeight(name) ? [{ name, ratio: updateRatios[p]?.mean() ?? NaN }] : [],
  );
}

/** The median; NaN for no values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

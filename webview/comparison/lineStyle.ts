import type { Theme } from '../theme/theme';

/** The line style of a run, the same in all pictures. */
export interface LineStyle {
  readonly color: string;
  readonly dash: readonly number[];
  /** Pixels, in legends. */
  readonly width: number;
}

const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [10, 3, 2, 3], [4, 2, 1, 2]];

/**
 * The colour and the dashes of a run. Both change from one run to the next, so that neighbours can be told apart without
 * colour vision, and the combination repeats only after thirty runs.
 */
export function lineStyle(id: number, theme: Theme): LineStyle {
  return {
    color: theme.runs[id % theme.runs.length] ?? theme.foreground,
    dash: dashes[id % dashes.length] ?? [],
    width: 2,
  };
}

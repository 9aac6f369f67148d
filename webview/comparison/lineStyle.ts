import type { Theme } from '../theme/theme';
import { element } from '../ui/element';
import { svg } from '../ui/svg';

/** The line style of a run, the same in all pictures. */
export interface LineStyle {
  readonly color: string;
  readonly dash: readonly number[];
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
  };
}

/** A sample of a run's line, for legends. */
export function lineSample({ color, dash }: LineStyle): SVGElement {
  const stroke = { stroke: color, 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') };
  const line = svg('line', { x1: 0, x2: 26, y1: 5, y2: 5, ...stroke });
  return svg('svg', { width: 26, height: 10, 'aria-hidden': 'true' }, line);
}

/** A sample of a run's line and its name. */
export function lineLegend(name: string, style: LineStyle): HTMLElement {
  return element('span', { class: 'curve-name' }, lineSample(style), name);
}

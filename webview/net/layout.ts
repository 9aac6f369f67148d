import { middleOfStep, visibleSteps, widthOfStep, type SequenceAxis } from '../plot/sequenceAxis';
import { pictureScale } from '../theme/pictureScale';
import type { NetRow } from './rows';

/** How much a step has room for: numbers in boxes, boxes of colour with arrows, or colours side by side. */
export type LevelOfDetail = 'numbers' | 'nodes' | 'colours';

/** A row and where it stands. */
export interface PlacedRow {
  readonly row: NetRow;
  readonly top: number;
  readonly height: number;
}

/** Where everything of the picture stands, from the plot's upper left corner, in pixels at scale 1. */
export interface NetLayout {
  readonly detail: LevelOfDetail;
  readonly rows: readonly PlacedRow[];
  readonly height: number;
  /** Width of a node; where there is no room for nodes, of a whole step. */
  readonly nodeWidth: number;
  /** Width of the strip of colour within a node. */
  readonly swatchWidth: number;
}

/** One step's column of nodes. */
export interface Column {
  readonly t: number;
  /** The middle. */
  readonly x: number;
}

const narrowest = { numbers: 84, nodes: 18 } as const;
const mostNumbers = 4;
const unitHeight = { numbers: 16, colours: 4 } as const;
const rowHeight = { least: 14, most: 48, mostOfGate: 24 } as const;
const gap = { between: 16, gates: 4 } as const;
const margin = 6;
/** Beyond it, boxes are larger than any room needs. */
const largestScale = 4;

/** The layout for steps of this width; a loop has as much room as it wants. */
export function layoutOf(rows: readonly NetRow[], stepWidth: number): NetLayout {
  const few = rows.every(({ units }) => units <= mostNumbers);
  const detail: LevelOfDetail =
    few && stepWidth >= narrowest.numbers ? 'numbers' : stepWidth >= narrowest.nodes ? 'nodes' : 'colours';
  const placed: PlacedRow[] = [];
  let top = margin;
  rows.forEach((row, i) => {
    const above = rows[i - 1];
    if (above !== undefined) top += row.role === 'gate' && above.role === 'gate' ? gap.gates : gap.between;
    const height = heightOf(row, detail);
    placed.push({ row, top, height });
    top += height;
  });
  const nodeWidth =
    detail === 'colours'
      ? stepWidth
      : Math.min(stepWidth - (detail === 'numbers' ? 30 : 7), detail === 'numbers' ? 96 : 44);
  return { detail, rows: placed, height: top + margin, nodeWidth, swatchWidth: detail === 'numbers' ? 14 : nodeWidth };
}

function heightOf({ units, role }: NetRow, detail: LevelOfDetail): number {
  if (detail === 'numbers') return units * unitHeight.numbers;
  const most = role === 'gate' ? rowHeight.mostOfGate : rowHeight.most;
  return Math.max(rowHeight.least, Math.min(most, units * unitHeight.colours));
}

/** The columns of the line: every step in sight at its place on the axis. */
export function columnsOf(axis: SequenceAxis, scale = 1): readonly Column[] {
  return visibleSteps(axis).map((t) => ({ t, x: middleOfStep(axis, t) / scale }));
}

/** The layout of the line on an axis. */
export function lineLayout(rows: readonly NetRow[], axis: SequenceAxis, scale = 1): NetLayout {
  return layoutOf(rows, widthOfStep(axis) / scale);
}

/**
 * Pixels per unit of the layout: that of the page's type or, where a height is to be filled, as many as the steps in sight
 * and the rows have room for.
 *
 * @param height pixels to fill; undefined where the net is one cell among others
 */
export function netScale(rows: readonly NetRow[], axis: SequenceAxis, height: number | undefined): number {
  const least = pictureScale();
  if (height === undefined) return least;
  const width = narrowest[rows.every(({ units }) => units <= mostNumbers) ? 'numbers' : 'nodes'];
  const fits = Math.min(widthOfStep(axis) / width, height / layoutOf(rows, width).height);
  return Math.max(least, Math.min(largestScale, fits));
}

/** The row and the unit at a height; the nearest row where the height lies between two. */
export function partAt({ rows }: NetLayout, y: number): { readonly row: NetRow; readonly unit: number } | undefined {
  let best: PlacedRow | undefined;
  let least = Infinity;
  for (const placed of rows) {
    const distance = Math.max(placed.top - y, y - placed.top - placed.height, 0);
    if (distance < least) [best, least] = [placed, distance];
  }
  if (best === undefined) return undefined;
  const { row, top, height } = best;
  const unit = Math.floor(((y - top) / height) * row.units);
  return { row, unit: Math.max(0, Math.min(row.units - 1, unit)) };
}

import type { Column } from './layout';

const seconds = { least: 1.4, perStep: 0.45, most: 4 } as const;

/** How long (s) it takes to draw a loop out over so many steps: long enough to see each copy leave, never tedious. */
export function unrollingSeconds(columns: number): number {
  return Math.min(seconds.most, Math.max(seconds.least, columns * seconds.perStep));
}

/**
 * The columns while the loop is drawn out into the line: the loop first moves to the place of step 0, then its copy
 * leaves for step 1, and so on; a copy stays where its step belongs. `share` runs from 0, the loop, to 1, the line.
 */
export function unrolledColumns(columns: readonly Column[], loopX: number, share: number): readonly Column[] {
  const first = columns[0];
  if (first === undefined || share >= 1) return columns;
  const { reached, head } = headOf(columns, loopX, share);
  if (reached < 0) return [{ t: first.t, x: head }];
  return columns.slice(0, Math.min(columns.length, reached + 2)).map(({ t, x }) => ({ t, x: Math.min(x, head) }));
}

/** The step whose copy is on its way, for the words beside the picture. */
export function movingStep(columns: readonly Column[], share: number): number {
  const index = Math.min(columns.length - 1, Math.floor(Math.max(0, Math.min(1, share)) * columns.length));
  return columns[index]?.t ?? 0;
}

/** The last column that has come to its place, and where the foremost copy is. */
function headOf(
  columns: readonly Column[],
  loopX: number,
  share: number,
): { readonly reached: number; readonly head: number } {
  const legs = Math.max(0, share) * columns.length;
  const leg = Math.floor(legs);
  const within = eased(legs - leg);
  const from = leg === 0 ? loopX : (columns[leg - 1]?.x ?? loopX);
  const to = columns[leg]?.x ?? from;
  return { reached: leg - 1, head: from + (to - from) * within };
}

function eased(share: number): number {
  return share * share * (3 - 2 * share);
}

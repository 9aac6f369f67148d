import type { CellName } from '../../../src/experiment/schema/cellNames';
import type { DisplaySeries } from '../../../src/run/series/displaySeries';

/** The candidate of each recurrent cell: unlike a gate it has no open and no closed end. */
export const candidates: Readonly<Record<CellName, string>> = { rnn: 'h', lstm: 'g', gru: 'n', mgu: 'n' };

/** A share of the values of a gate or candidate, over the recorded updates. */
export interface GateShare {
  readonly name: string;
  /** What is counted: gates of at most 0.1 and of at least 0.9, dead and saturated candidates. */
  readonly end: 'closed' | 'open' | 'dead' | 'saturated';
  /** Its place in a column of the series. */
  readonly index: number;
}

/** What is recorded of the gates of a layer; dead candidates exist only where the activation is a relu. */
export function gateShares(
  { layout: { saturating } }: Pick<DisplaySeries, 'layout'>,
  { cell, activation }: { readonly cell: CellName | 'unknown'; readonly activation: string | null },
  layer: number,
): readonly GateShare[] {
  return saturating.flatMap((name, gate): readonly GateShare[] => {
    const index = (layer * saturating.length + gate) * 2;
    if (cell === 'unknown' || name !== candidates[cell]) {
      return [
        { name, end: 'open', index: index + 1 },
        { name, end: 'closed', index },
      ];
    }
    const saturated = { name, end: 'saturated', index: index + 1 } as const;
    return activation === 'relu' ? [saturated, { name, end: 'dead', index }] : [saturated];
  });
}

/** The share in a column of the recorded updates; NaN where nothing was recorded. */
export function shareAt({ heat }: DisplaySeries, { index }: GateShare, column: number): number {
  return heat.column('saturation', column)[index] ?? NaN;
}

import type { Inspection } from '../../src/protocol/inspection';
import type { SignedScale } from '../plot/heatmap/signedScale';
import type { Theme } from '../theme/theme';
import type { Column, NetLayout } from './layout';
import type { NetRow } from './rows';

/** Everything that one drawing of the net depends on. */
export interface NetScene {
  readonly inspection: Inspection;
  readonly layout: NetLayout;
  readonly columns: readonly Column[];
  /** Whether the last column still closes into the loop. */
  readonly hasLoop: boolean;
  /** Width of the plot. */
  readonly width: number;
  /** Pixels per unit of the layout, the columns and the width; see `netScale`. */
  readonly scale: number;
  readonly theme: Theme;
  readonly scaleOf: (row: NetRow) => SignedScale;
}

import type { Inspection } from '../../src/protocol/inspection';
import type { MagnitudeScale } from '../plot/heatmap/magnitudeScale';
import type { SignedScale } from '../plot/heatmap/signedScale';
import type { Theme } from '../theme/theme';
import type { Column, NetLayout } from './layout';
import type { NetRow } from './rows';
import type { StateNorms } from './stateNorms';

/** The gradient of the states of one layer, drawn over the net. */
export interface NetGradient {
  readonly layer: number;
  readonly norms: StateNorms;
  readonly scale: MagnitudeScale;
  /** The step that backpropagation has come to. */
  readonly from: number;
}

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
  /** undefined where it is not shown. */
  readonly gradient: NetGradient | undefined;
}

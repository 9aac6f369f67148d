import type { Memento, WebviewPanel } from 'vscode';
import { rangeTestViewType } from '../platform/ids';
import type { Target } from '../session/sessions';
import type { PanelKind } from './openPanels';
import type { PageView } from './pageViews';
import { Panels } from './panels';
import { RangeTestPanel, savedRangeTestSchema, type RangeTestParts, type SavedRangeTest } from './rangeTestPanel';

const rangeTestKind: PanelKind<SavedRangeTest> = {
  viewType: rangeTestViewType,
  storeKey: 'unroll.openRangeTests',
  viewsKey: 'unroll.rangeTestViews',
  schema: savedRangeTestSchema,
  keyOf: ({ uri, variant }) => JSON.stringify([uri, variant]),
};

/** The range tests of the window: one per experiment and variant. */
export class RangeTestPanels extends Panels<SavedRangeTest, RangeTestPanel> {
  /** @param store of the workspace */
  constructor(
    readonly parts: RangeTestParts,
    store: Memento,
  ) {
    super(rangeTestKind, store, parts.extension);
  }

  /** Tests the learning rates of a target, in the panel it already has, or in a new one; closing it ends the test. */
  test({ uri, variant }: Target): void {
    this.reveal({ uri: uri.toString(), ...(variant === undefined ? {} : { variant }) }).start();
  }

  protected override fill(
    panel: WebviewPanel,
    shown: SavedRangeTest,
    _view: PageView,
    note: (shown: SavedRangeTest, title: string) => void,
  ): RangeTestPanel {
    return new RangeTestPanel(panel, shown, this.parts, note);
  }
}

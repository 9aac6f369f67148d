import type { Memento, WebviewPanel } from 'vscode';
import * as z from 'zod/mini';
import { runsTableViewType } from '../platform/ids';
import type { PanelKind } from './openPanels';
import type { PageView } from './pageViews';
import { Panels } from './panels';
import { RunsTablePanel, type RunsTableParts } from './runsTablePanel';

/** Which runs the table shows: all of the workspace. */
const shownSchema = z.object({ runs: z.literal('all') });
type Shown = Readonly<z.infer<typeof shownSchema>>;

const runsTableKind: PanelKind<Shown> = {
  viewType: runsTableViewType,
  storeKey: 'unroll.openRunsTables',
  viewsKey: 'unroll.runsTableViews',
  schema: shownSchema,
  keyOf: ({ runs }) => runs,
};

/** The panel of the table of runs: one in a window. */
export class RunsTablePanels extends Panels<Shown, RunsTablePanel> {
  /** @param store of the workspace */
  constructor(
    readonly parts: RunsTableParts,
    store: Memento,
  ) {
    super(runsTableKind, store, parts.extension);
  }

  /** Shows the table in the panel it already has, or in a new one. */
  show(): void {
    this.reveal({ runs: 'all' }, 'panel');
  }

  protected override fill(
    panel: WebviewPanel,
    shown: Shown,
    view: PageView,
    note: (shown: Shown, title: string) => void,
  ): RunsTablePanel {
    return new RunsTablePanel(panel, this.parts, view, (title) => {
      note(shown, title);
    });
  }
}

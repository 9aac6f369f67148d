import type { Memento, Uri, WebviewPanel } from 'vscode';
import { panelViewType } from '../platform/ids';
import type { Target } from '../session/sessions';
import type { PanelKind } from './openPanels';
import { Panels, type PanelFocus } from './panels';
import { RunPanel, type RunPanelParts } from './runPanel';
import { keptOf, keptSubject, keyOf, subjectOf, type KeptSubject } from './subject';

const panelKind: PanelKind<KeptSubject> = {
  viewType: panelViewType,
  storeKey: 'unroll.openPanels',
  schema: keptSubject,
  keyOf: (kept) => keyOf(subjectOf(kept)),
};

/** The panels of runs, one an experiment and one a kept run. */
export class RunPanels extends Panels<KeptSubject, RunPanel> {
  /** @param store of the workspace */
  constructor(
    readonly parts: RunPanelParts,
    store: Memento,
  ) {
    super(panelKind, store, parts.extension);
  }

  /** Shows a target beside the editor, in the panel its experiment already has or in a new one. */
  async show(target: Target, focus?: PanelFocus): Promise<void> {
    await this.reveal(keptOf({ kind: 'experiment', target }), focus).show(target.variant);
  }

  /** Shows a kept run: in its experiment's panel while that shows it anyway, else in one of its own. */
  async showRun(folder: Uri, focus?: PanelFocus): Promise<void> {
    const session = this.parts.sessions.withFolder(folder.fsPath);
    if (session !== undefined && this.has(keptOf({ kind: 'experiment', target: session })))
      await this.show(session, focus);
    else this.reveal(keptOf({ kind: 'run', folder }), focus);
  }

  protected override fill(
    panel: WebviewPanel,
    shown: KeptSubject,
    note: (shown: KeptSubject, title: string) => void,
  ): RunPanel {
    return new RunPanel(panel, subjectOf(shown), this.parts, note);
  }
}

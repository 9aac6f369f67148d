import type { Memento, Uri, WebviewPanel } from 'vscode';
import { panelViewType } from '../platform/ids';
import type { OpenPlace } from '../protocol/panel';
import type { Target } from '../session/sessions';
import type { PanelKind } from './openPanels';
import type { PageView } from './pageViews';
import { Panels, type PanelFocus } from './panels';
import { RunPanel, type RunPanelParts } from './runPanel';
import { saveSubject, savedSubjectSchema, keyOf, restoreSubject, type SavedSubject, type Subject } from './subject';
import { locationOf } from '../session/files/location';

const panelKind: PanelKind<SavedSubject> = {
  viewType: panelViewType,
  storeKey: 'unroll.openPanels',
  viewsKey: 'unroll.panelViews',
  schema: savedSubjectSchema,
  keyOf: (saved) => keyOf(restoreSubject(saved)),
};

/** The panels of runs: one per experiment, and one per stored run. */
export class RunPanels extends Panels<SavedSubject, RunPanel> {
  /** @param store of the workspace */
  constructor(
    readonly parts: RunPanelParts,
    store: Memento,
  ) {
    super(panelKind, store, parts.extension);
  }

  /** Shows a target beside the editor, in the panel of its experiment or in a new one. */
  async show(target: Target, focus?: PanelFocus): Promise<void> {
    await this.reveal(saveSubject({ kind: 'experiment', target }), focus).show(target);
  }

  /** Shows a target and selects an update of its run. */
  async showUpdate(target: Target, update: number): Promise<void> {
    const panel = this.reveal(saveSubject({ kind: 'experiment', target }));
    await panel.show(target);
    await panel.selectUpdate(update);
  }

  /** Shows a target at a place of its run, once it is trained to there, and marks the cell. */
  async showPlace(target: Target, place: OpenPlace): Promise<void> {
    const panel = this.reveal(saveSubject({ kind: 'experiment', target }));
    await panel.show(target);
    await panel.showPlace(place);
  }

  /** Shows a stored run: in its experiment's panel if that is open and this window trained the run, else in its own. */
  async showRun(folder: Uri, focus?: PanelFocus): Promise<void> {
    const session = this.parts.sessions.withFolder(locationOf(folder));
    if (session !== undefined && this.has(saveSubject({ kind: 'experiment', target: session })))
      await this.show(session, focus);
    else this.reveal(saveSubject({ kind: 'run', folder }), focus);
  }

  /** The subject of the panel in front; undefined where none is. */
  get activeSubject(): Subject | undefined {
    return this.active?.shownSubject;
  }

  /** The view of the page of a subject. */
  viewOfSubject(subject: Subject): Readonly<Record<string, unknown>> | undefined {
    return this.viewOf(saveSubject(subject));
  }

  /** Shows a subject with a view, at a place once it is trained. */
  async showWith(
    subject: Subject,
    view: Readonly<Record<string, unknown>>,
    place: OpenPlace | undefined,
  ): Promise<void> {
    const panel = this.revealWith(saveSubject(subject), view);
    if (subject.kind === 'experiment') await panel.show(subject.target);
    if (place !== undefined) await panel.showPlace(place);
  }

  protected override fill(
    panel: WebviewPanel,
    shown: SavedSubject,
    view: PageView,
    note: (shown: SavedSubject, title: string) => void,
  ): RunPanel {
    return new RunPanel(panel, restoreSubject(shown), this.parts, view, note);
  }
}

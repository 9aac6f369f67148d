import { fewestSteps, sequenceAxis } from '../plot/sequenceAxis';
import { SharedZoom } from '../plot/zoom';
import type { Model } from '../store/model';
import type { RequestReplay } from '../../src/protocol/replayRequests';
import type { Store } from '../store/store';
import type { Theme } from '../theme/theme';
import { element, setText } from '../ui/element';
import { setNotation } from '../ui/notation';
import { backwardCell } from './backward/backwardCell';
import { gradientNormCell } from './gradientNorm/gradientNormCell';
import { Minimap } from '../plot/minimap';
import { outputCell } from './output/outputCell';
import type { CellContext } from './cell/cellDeclaration';
import type { ToggleCell } from './cell/cellFrame';
import type { SequenceCell } from './sequenceCell';
import { gradientFlowCell } from './gradientFlow/gradientFlowCell';
import { DeclaredCell } from './cell/declaredCell';
import { ProbeChooser } from './probe/probeChooser';
import { sharedChoice } from './probe/sharedChoice';
import { probeDescription } from './probe/probeName';
import { sequenceTime } from './timeAxis';
import { VisibilityScheduler } from './cell/visibilityScheduler';
import { stepLossCell } from './stepLoss/stepLossCell';
import { unrolledCell } from './unrolled/unrolledCell';
import { updateCell } from './update/updateCell';
import { whatIfCell } from './whatIf/whatIfCell';
import { formatExact } from '../../src/text/numbers';
import { translate, translateMessage } from '../../src/text/translate';

/** The sequence-time cells: one update, one sequence of its batch or a probed one, on one axis of time steps. */
export class SequenceGroup {
  readonly element: HTMLElement;
  readonly #title = element('h2', { class: 'group-title' });
  readonly #chooser: ProbeChooser;
  readonly #sharedChoice;
  readonly #status = element('p', { class: 'status-line', role: 'status' });
  readonly #zoom: SharedZoom;
  readonly #minimap: Minimap;
  readonly cells: readonly SequenceCell[];
  readonly #scheduler: VisibilityScheduler<SequenceCell>;
  readonly #body: HTMLElement;

  constructor(
    store: Store,
    request: RequestReplay,
    toggle: ToggleCell,
    savePredictions: CellContext['savePredictions'],
  ) {
    this.#chooser = new ProbeChooser(store, request);
    this.#sharedChoice = sharedChoice(store);
    this.#zoom = new SharedZoom(fewestSteps, (stepRange) => {
      store.dispatch({ kind: 'viewChanged', view: { stepRange } });
    });
    this.#minimap = new Minimap(store);
    const context = { store, zoom: this.#zoom, request, toggle, savePredictions };
    this.cells = [
      new DeclaredCell(unrolledCell, sequenceTime, context),
      new DeclaredCell(stepLossCell, sequenceTime, context),
      new DeclaredCell(backwardCell, sequenceTime, context),
      new DeclaredCell(gradientFlowCell, sequenceTime, context),
      new DeclaredCell(gradientNormCell, sequenceTime, context),
      new DeclaredCell(updateCell, sequenceTime, context),
      new DeclaredCell(whatIfCell, sequenceTime, context),
      new DeclaredCell(outputCell, sequenceTime, context),
    ];
    this.#scheduler = new VisibilityScheduler(this.cells);
    this.#body = element('div', {}, ...this.cells.map((cell) => cell.element));
    this.element = element(
      'div',
      { class: 'group', role: 'group', 'aria-label': translate`Sequence time` },
      element('div', { class: 'group-head' }, this.#title, this.#chooser.element, this.#sharedChoice.element),
      this.#status,
      this.#minimap.element,
      this.#body,
    );
  }

  update(model: Model, theme: Theme, width: number): void {
    const { inspection: state, view, run } = model;
    this.element.hidden = run === undefined;
    const inspection = state.kind === 'ready' ? state.inspection : undefined;
    const words = statusText(model);
    setNotation(this.#status, words);
    this.#status.hidden = words === '';
    const { recordedBy } = run?.info ?? {};
    this.#status.classList.toggle('bad', state.kind === 'failed' && recordedBy === undefined);
    this.#body.hidden = inspection === undefined;
    this.#sharedChoice.update(model);
    const canChoose = model.shared === undefined && (recordedBy === undefined || inspection !== undefined);
    this.#chooser.element.hidden = !canChoose;
    if (canChoose) this.#chooser.update(model);
    setText(this.#title, inspection === undefined ? translate`Sequence time — x: step t` : titleOf(inspection.update));
    this.#minimap.element.hidden = inspection === undefined;
    if (inspection === undefined) return;
    const axis = sequenceAxis(inspection.steps, width, view.stepRange);
    this.#minimap.update({ model, inspection, axis, theme });
    this.#scheduler.draw((cell) => {
      cell.update({ model, inspection, axis, theme });
    });
    this.#zoom.follow(axis);
  }
}

function titleOf(update: number): string {
  return translate`Sequence time — update ${formatExact(update)}, x: step t`;
}

function statusText({ inspection: state, run }: Model): string {
  switch (state.kind) {
    case 'none':
      return state.reason;
    case 'loading':
      return translate`Replaying update ${formatExact(state.update)}…`;
    case 'failed':
      // Not a fault: another program has what it takes.
      if (run?.info.recordedBy !== undefined) return state.message;
      return translate`Update ${formatExact(state.update)} can’t be shown: ${translateMessage(state.message)}`;
    case 'ready':
      return [probeDescription(state.inspection), state.inspection.caveat ?? '']
        .filter((text) => text !== '')
        .join(' ');
    default:
      return state satisfies never;
  }
}

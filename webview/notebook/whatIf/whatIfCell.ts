import type { WhatIf, WhatIfOutcome, WhatIfRequest } from '../../../src/protocol/whatIf';
import { formatNumber, formatShortNumber, formatExact, roundToDigits } from '../../../src/text/numbers';
import type { SharedZoom } from '../../plot/zoom';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import { latestValue, LatestRequest } from '../../store/latestRequest';
import type { Store } from '../../store/store';
import { tableElement, type Table } from '../../plot/table';
import type { Theme } from '../../theme/theme';
import { element, setText } from '../../ui/element';
import { RequestStatus } from '../requestStatus';
import { CellFrame, type ToggleCell } from '../cellFrame';
import { drawLegend } from '../../plot/curveLegend';
import { memoKey } from '../memo';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { stepInFocus, type SequenceCell, type SequenceDrawing } from '../sequenceCell';
import { WhatIfControls, whatIfChange } from './whatIfControls';
import './whatIf.css';

/** [13] The update recomputed with another clipping, truncation or learning rate, compared with the trained one. */
export class WhatIfCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #controls: WhatIfControls;
  readonly #request: LatestRequest<WhatIfRequest, WhatIf>;
  readonly #surface: SequenceSurface;
  readonly #chart = new CurveChart();
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #labels = element('div');
  readonly #table = element('div');
  readonly #status = new RequestStatus('Recomputing the update…', '');
  readonly #shown: HTMLElement;
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom, request: RequestReplay, toggle: ToggleCell) {
    this.#frame = new CellFrame(13, 'What if', toggle);
    this.element = this.#frame.element;
    this.#controls = new WhatIfControls((changed) => {
      store.dispatch({ kind: 'viewChanged', view: { whatIf: { ...store.model.view.whatIf, ...changed } } });
    });
    this.#request = new LatestRequest(
      (params) => request('whatIf', params),
      () => {
        store.redraw();
      },
    );
    this.#surface = new SequenceSurface(store, zoom, 'Gradient of each time step, as trained and with the change');
    this.#shown = element(
      'div',
      {},
      this.#table,
      this.#legend,
      this.#frame.readout,
      element('div', { class: 'plot step-plot' }, this.#chart.canvas, this.#surface.element),
      this.#labels,
    );
    this.#frame.body.append(this.#controls.element, this.#status.element, this.#shown);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#frame.follow(model.view);
    const info = model.run?.info;
    if (info === undefined) return;
    const settings = model.view.whatIf;
    this.#controls.update(settings, info, inspection);
    const change = whatIfChange(settings, info, inspection);
    const isNeeded = !this.#frame.body.hidden && Object.keys(change).length > 0;
    const request = { update: inspection.update, change };
    const answer = this.#request.request(isNeeded ? request : undefined, info.folder ?? '');
    const result = latestValue(answer);
    this.#status.update(answer);
    this.#shown.hidden = result === undefined;
    this.#frame.setSummary(result === undefined ? emptySummary(inspection.update) : summary(result));
    if (result === undefined) return;
    this.#frame.setTable(memoKey(result), () => comparison(result));
    this.#surface.update(drawing);
    setText(this.#frame.readout, readout(result, stepInFocus(model, inspection.steps)));
    const key = memoKey(result, axis.width, axis.domain, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#table.replaceChildren(tableElement(comparison(result)));
    const curves = curvesOf(result, theme);
    drawLegend(this.#legend, curves);
    this.#labels.replaceChildren(stepLabels(axis));
    this.#chart.update({ curves, yAxis: 'log', yTitle: '‖∂L/∂h_t‖', xTicks: false }, axis.domain, theme);
  }
}

function emptySummary(update: number): string {
  return `Change clipping, truncation or learning rate: update ${formatExact(update)} is recomputed from the same weights and batch. The run itself doesn’t change.`;
}

function summary({ actual, changed, updateCosine, updateRatio }: WhatIf): string {
  if (actual.updateNorm === 0 || changed.updateNorm === 0) {
    const which = actual.updateNorm === 0 ? 'As trained, the update is' : 'With the change, the update would be';
    return `${which} exactly 0: the weights don’t change.`;
  }
  const angle = (Math.acos(Math.max(-1, Math.min(1, updateCosine))) * 180) / Math.PI;
  const turned = angle < 0.05 ? 'in the same direction' : `turned by ${formatShortNumber(roundToDigits(angle, 3))}°`;
  const after = `L after the update: ${formatNumber(changed.lossAfter)} instead of ${formatNumber(actual.lossAfter)}`;
  return `The update would be ${formatNumber(updateRatio)} times as long, ${turned}. ${after}.`;
}

function comparison({ loss, actual, changed, gradientCosine, updateCosine }: WhatIf): Table {
  const row = (name: string, of: (outcome: WhatIfOutcome) => number): readonly (string | number)[] => [
    name,
    of(actual),
    of(changed),
  ];
  return {
    caption: 'The update as trained and with the change',
    columns: ['', 'as trained', 'with the change'],
    rows: [
      row('L before the update', () => loss),
      row('L after the update, same batch', ({ lossAfter }) => lossAfter),
      row('‖g‖', ({ gradNorm }) => gradNorm),
      row('‖g‖ after clipping', ({ clippedNorm }) => clippedNorm),
      row('clip coefficient', ({ clipCoefficient }) => clipCoefficient),
      row('learning rate', ({ learningRate }) => learningRate),
      row('‖ΔW‖', ({ updateNorm }) => updateNorm),
      row('bias ‖g − g_full‖ / ‖g_full‖ (truncation, hidden clipping)', ({ bias }) => bias),
      row('cosine with g_full', ({ cosineWithFull }) => cosineWithFull),
      ['cosine of the two gradients, clipped', '', gradientCosine],
      ['cosine of the two updates', '', updateCosine],
    ],
  };
}

function curvesOf({ actual, changed }: WhatIf, theme: Theme): readonly Curve[] {
  // A logarithmic axis can't show 0: the line breaks there.
  const points = ({ dh }: WhatIfOutcome): Curve['points'] =>
    Array.from(dh, (value, t) => ({ x: t + 0.5, y: value > 0 ? value : NaN }));
  return [
    { label: 'as trained', points: points(actual), color: theme.train, width: 3 },
    { label: 'with the change', points: points(changed), color: theme.validation, dash: [5, 3] },
  ];
}

function readout({ actual, changed }: WhatIf, t: number | undefined): string {
  if (t === undefined) return 'Point at a step to compare ‖∂L/∂h_t‖ over the whole batch.';
  const at = ({ dh }: WhatIfOutcome): string => formatNumber(dh[t] ?? NaN);
  return `t = ${t} · ‖∂L/∂h_${t}‖ as trained ${at(actual)} · with the change ${at(changed)}`;
}

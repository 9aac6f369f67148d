import type { GradientNormBreakdown } from '../../../src/protocol/gradientNormBreakdown';
import { formatNumber, formatShortNumber, formatExact, formatShortPercentage } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import type { SharedZoom } from '../../plot/zoom';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import { formatParameterName } from '../../../src/text/tensorNames';
import { latestValue, LatestRequest } from '../../store/latestRequest';
import type { Store } from '../../store/store';
import { tableElement, type Table } from '../../plot/table';
import { element, setText } from '../../ui/element';
import { RequestStatus } from '../requestStatus';
import { CellFrame, type ToggleCell } from '../cellFrame';
import { drawLegend } from '../../plot/curveLegend';
import { memoKey } from '../memo';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { stepInFocus, type SequenceCell, type SequenceDrawing } from '../sequenceCell';

/** [11] The gradient-norm breakdown of an update: the shares of parameters and steps, and the effect of clipping. */
export class GradientNormCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #request: LatestRequest<{ readonly update: number }, GradientNormBreakdown>;
  readonly #surface: SequenceSurface;
  readonly #chart = new CurveChart();
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #labels = element('div');
  readonly #table = element('div');
  readonly #status = new RequestStatus('Computing the shares of the norm…', 'Can’t show the breakdown');
  readonly #steps: HTMLElement;
  readonly #shown: HTMLElement;
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom, request: RequestReplay, toggle: ToggleCell) {
    this.#frame = new CellFrame(11, 'Clipping at this update', toggle);
    this.element = this.#frame.element;
    this.#request = new LatestRequest(
      (params) => request('gradientNorm', params),
      () => {
        store.redraw();
      },
    );
    this.#surface = new SequenceSurface(store, zoom, 'Share of each time step in the gradient');
    this.#steps = element(
      'div',
      {},
      this.#legend,
      this.#frame.readout,
      element('div', { class: 'plot step-plot' }, this.#chart.canvas, this.#surface.element),
      this.#labels,
    );
    this.#shown = element('div', {}, this.#table, this.#steps);
    this.#frame.body.append(this.#status.element, this.#shown);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#frame.follow(model.view);
    const info = model.run?.info;
    if (info === undefined) return;
    const request = this.#frame.body.hidden ? undefined : { update: inspection.update };
    const answer = this.#request.request(request, info.folder ?? '');
    const entry = latestValue(answer);
    this.#status.update(answer);
    this.#shown.hidden = entry === undefined;
    this.#frame.setSummary(
      entry === undefined
        ? 'The shares of parameters and time steps in the gradient norm of this update.'
        : summary(entry, info),
    );
    if (entry === undefined) return;
    this.#frame.setTable(memoKey(entry), () => parameterTable(entry));
    this.#surface.update(drawing);
    setText(this.#frame.readout, readout(entry, stepInFocus(model, inspection.steps)));
    const key = memoKey(entry, axis.width, axis.domain, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#table.replaceChildren(tableElement(parameterTable(entry)));
    this.#steps.hidden = entry.stepShare.length === 0;
    const curves: readonly Curve[] = [
      {
        label: 'share of a step’s terms in ‖g‖²; below 0 they cancel part of it',
        points: Array.from(entry.stepShare, (y, t) => ({ x: t + 0.5, y })),
        color: theme.train,
        dots: entry.stepShare.length <= 60,
      },
    ];
    drawLegend(this.#legend, curves);
    this.#labels.replaceChildren(stepLabels(axis));
    this.#chart.update({ curves, yAxis: 'linear', yTitle: 'share', xTicks: false }, axis.domain, theme);
  }
}

function parameterTable({ parameters, update }: GradientNormBreakdown): Table {
  return {
    caption: `Parameters in the gradient norm of update ${formatExact(update)}`,
    columns: ['parameter', 'share of ‖g‖²', '‖g‖', '‖g‖ clipped', 'cosine', 'elements changed'],
    rows: [...parameters]
      .sort((a, b) => b.share - a.share)
      .map(({ name, share, gradNorm, clippedNorm, cosine, changed, elements }) => [
        formatParameterName(name),
        share,
        gradNorm,
        clippedNorm,
        cosine,
        `${formatExact(changed)} of ${formatExact(elements)}`,
      ]),
  };
}

function summary(entry: GradientNormBreakdown, { clip }: RunInfo): string {
  const { parameters, gradNorm, clippedNorm, coefficient, cosine, stepShare } = entry;
  const [most] = [...parameters].sort((a, b) => b.share - a.share);
  const largest =
    most === undefined
      ? ''
      : ` The largest share is that of ${formatParameterName(most.name)}: ${formatShortPercentage(most.share)}.`;
  const steps = stepShare.length < 2 ? '' : ` ${formatHalf(stepShare)}`;
  if (gradNorm === 0) return 'The gradient is exactly 0: nothing is clipped, and nothing is learned from this update.';
  const norm = `‖g‖ = ${formatNumber(gradNorm)}`;
  if (clip === null) return `${norm}; this experiment doesn’t clip.${largest}${steps}`;
  const threshold = formatShortNumber(clip.threshold);
  if (clip.kind === 'hidden') {
    return `${norm}. ∂L/∂h_t is clipped to ±${threshold} during backpropagation, so this norm is already limited.${largest}${steps}`;
  }
  if (clippedNorm === gradNorm || (coefficient === 1 && parameters.every(({ changed }) => changed === 0))) {
    return `${norm}, within the threshold of ${threshold}: nothing was clipped.${largest}${steps}`;
  }
  const how =
    clip.kind === 'norm'
      ? `scaled by ${formatNumber(coefficient)} to ${formatNumber(clippedNorm)}, same direction`
      : `every element clipped to ±${threshold}: norm ${formatNumber(clippedNorm)}, cosine with the raw gradient ${formatNumber(cosine)}`;
  return `${norm}, ${how}.${largest}${steps}`;
}

/** How many of the last steps make up half of ‖g‖²; not defined where some shares are negative. */
function formatHalf(shares: Float64Array): string {
  if (shares.some((share) => share < 0)) return 'Some steps cancel part of the others.';
  let sum = 0;
  for (let t = shares.length - 1; t >= 0; t--) {
    sum += shares[t] ?? 0;
    if (sum >= 0.5) {
      const count = shares.length - t;
      return `Half of it comes from the last ${count === 1 ? 'step' : `${count} steps`} of ${shares.length}.`;
    }
  }
  return '';
}

function readout({ stepShare }: GradientNormBreakdown, t: number | undefined): string {
  if (t === undefined) return 'Point at a step to see its share.';
  return `t = ${t} · share of ‖g‖² ${formatShortPercentage(stepShare[t] ?? NaN)}`;
}

import type { Inspection } from '../../src/protocol/inspection';
import { briefNumber } from '../../src/protocol/numbers';
import { middleOfStep, widthOfStep, type SequenceAxis } from '../axis/sequenceAxis';
import type { SharedZoom } from '../axis/zoom';
import type { Store } from '../store/store';
import { withOpacity, type Theme } from '../theme/theme';
import { element, setText } from '../ui/element';
import { CellFrame, isFolded } from './cell';
import { dependencyKey } from './identity';
import { SequenceSurface, stepInFocus, stepLabels, type SequenceCell, type SequenceDrawing } from './sequenceCell';

const height = 90;
const widestBar = 18;

/** [6] The loss of each step: L_t of the whole batch, and this sequence's share of it. */
export class StepLossCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #surface: SequenceSurface;
  readonly #canvas = element('canvas', { class: 'strip', 'aria-hidden': 'true' });
  readonly #scale = element('div', { class: 'bar-scale', 'aria-hidden': 'true' });
  readonly #steps = element('div');
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom, onFold: (title: string) => void) {
    this.#frame = new CellFrame(6, 'Loss per step', onFold);
    this.element = this.#frame.element;
    this.#surface = new SequenceSurface(store, zoom, 'Loss of each time step');
    const legend = element('div', { class: 'curve-legend' }, 'light: L_t of the batch · solid: this sequence’s share');
    this.#frame.body.append(
      legend,
      this.#frame.readout,
      element('div', { class: 'plot bars' }, this.#scale, this.#canvas, this.#surface.element),
      this.#steps,
    );
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#frame.fold(isFolded(model, this.#frame.title));
    this.#frame.say(sentence(inspection));
    setText(this.#frame.readout, readout(inspection, stepInFocus(model, inspection.steps)));
    this.#surface.update(drawing);
    const key = dependencyKey(inspection, axis.width, axis.domain, theme, this.#frame.body.hidden);
    if (key === this.#drawn || this.#frame.body.hidden) return;
    this.#drawn = key;
    const largest = inspection.lossPerStep.reduce((most, value) => Math.max(most, value), 0);
    this.#scale.replaceChildren(element('span', {}, briefNumber(largest)), element('span', {}, '0'));
    this.#steps.replaceChildren(stepLabels(axis));
    this.#paint(inspection, axis, theme, largest);
  }

  #paint({ lossPerStep, sequenceLoss }: Inspection, axis: SequenceAxis, theme: Theme, largest: number): void {
    this.#canvas.width = Math.round(axis.width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    this.#canvas.style.width = `${axis.width}px`;
    this.#canvas.style.height = `${height}px`;
    const context = this.#canvas.getContext('2d');
    if (context === null || largest === 0) return;
    context.scale(devicePixelRatio, devicePixelRatio);
    const width = Math.max(1, Math.min(widestBar, widthOfStep(axis) * 0.7));
    const bars = (values: Float64Array, color: string): void => {
      context.fillStyle = color;
      values.forEach((value, t) => {
        const tall = (value / largest) * height;
        context.fillRect(middleOfStep(axis, t) - width / 2, height - tall, width, tall);
      });
    };
    bars(lossPerStep, withOpacity(theme.train, 0.35));
    bars(sequenceLoss, theme.train);
  }
}

function sentence({ lossPerStep, mask, loss }: Inspection): string {
  const asked = mask.reduce((count, one) => count + one, 0);
  const sum = lossPerStep.reduce((total, value) => total + value, 0);
  return `L = L_0 + … + L_${lossPerStep.length - 1} = ${briefNumber(sum)}${Math.abs(sum - loss) <= 1e-6 * Math.abs(loss) ? ', the loss that this update reported' : ''}. ${asked} of this sequence’s ${mask.length} steps have a target.`;
}

function readout({ lossPerStep, sequenceLoss, mask }: Inspection, t: number | undefined): string {
  if (t === undefined) return 'Point at a step to read it.';
  if (mask[t] !== 1)
    return `t = ${t} · L_${t} = ${briefNumber(lossPerStep[t] ?? NaN)} · nothing asked of this sequence`;
  return `t = ${t} · L_${t} = ${briefNumber(lossPerStep[t] ?? NaN)} · this sequence’s share ${briefNumber(sequenceLoss[t] ?? NaN)}`;
}

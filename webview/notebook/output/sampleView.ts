import { html, render } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import type { Sample } from '../../../src/protocol/output';
import type { View } from '../../store/model';
import { latestValue } from '../../store/latestRequest';
import type { Store } from '../../store/store';
import { buttonTemplate, textField } from '../../ui/controls';
import { element } from '../../ui/element';
import { numberField, numbersFromZero, wholeNumbers } from '../../ui/numberField';
import { visibleSymbol } from '../formatStep';
import type { SequenceDrawing } from '../sequenceCell';
import type { Output } from './output';

/** Symbols in a sample. */
export const sampleLength = 240;
const promptSymbols = 8;

/** Text sampled from the network as it was before the update, one symbol after the other. */
export class SampleView {
  readonly element = element('div', { class: 'output-part' });
  readonly #prompt;
  readonly #temperature;
  readonly #seed;
  /** White space counts in it. */
  readonly #text = element('div', { class: 'sample', role: 'region', 'aria-label': 'Sampled text', tabindex: '0' });
  #shown: Sample | undefined;

  constructor(readonly store: Store) {
    this.#prompt = textField('prompt', 'Text that the network reads first; ↵ is a line break', (prompt) => {
      store.dispatch({ kind: 'viewChanged', view: { prompt: prompt.replaceAll('↵', '\n').replaceAll('⇥', '\t') } });
    });
    this.#temperature = numberField('temperature', numbersFromZero, (temperature) => {
      store.dispatch({ kind: 'viewChanged', view: { temperature } });
    });
    this.#seed = numberField('seed', wholeNumbers, (sampleSeed) => {
      store.dispatch({ kind: 'viewChanged', view: { sampleSeed } });
    });
  }

  update({ sample: state }: Output, { model: { view }, inspection }: SequenceDrawing): void {
    this.element.hidden = !canSample(inspection);
    if (!canSample(inspection)) return;
    const { temperature, sampleSeed: seed } = view;
    const prompt = promptFor(inspection, view);
    // The prompt stays the same when another update is selected, so that the samples can be compared.
    if (view.prompt === undefined) this.store.dispatch({ kind: 'viewChanged', view: { prompt } });
    this.#prompt.update(Array.from(prompt, (symbol) => (symbol === ' ' ? ' ' : visibleSymbol(symbol))).join(''));
    this.#temperature.update(temperature, true);
    this.#seed.update(seed, true);
    const sample = latestValue(state);
    const again = buttonTemplate({
      label: 'Sample again',
      hint: 'Sample with the next seed',
      onPress: () => {
        this.store.dispatch({ kind: 'viewChanged', view: { sampleSeed: seed + 1 } });
      },
    });
    this.#text.hidden = sample === undefined;
    if (sample !== undefined && sample !== this.#shown) {
      this.#shown = sample;
      // As text, never as markup: the output of a network is untrusted.
      this.#text.replaceChildren(element('span', { class: 'sample-prompt' }, prompt), sample.text);
    }
    const isFailed = state.kind === 'failed';
    render(
      html`<h3>Sampled text</h3>
        <div class="sample-fields">
          ${this.#prompt.element}${this.#temperature.element}${this.#seed.element}${again}
        </div>
        <p class="output-problem" role="status" ?hidden=${!isFailed}>${isFailed ? state.message : ''}</p>
        ${this.#text}`,
      this.element,
    );
  }
}

/** Whether the network can read its own output. */
export function canSample({ inputKind, lossKind, inputNames, outputNames }: Inspection): boolean {
  const isSame = inputNames.length === outputNames.length && inputNames.every((name, i) => name === outputNames[i]);
  return inputKind === 'oneHot' && lossKind === 'crossEntropy' && isSame;
}

/** The prompt of the view; by default the beginning of the selected sequence. */
export function promptFor(inspection: Inspection, { prompt }: View): string {
  return prompt ?? promptOf(inspection);
}

/** The beginning of the selected sequence. */
function promptOf({ inputs, inputNames, steps }: Inspection): string {
  const width = inputNames.length;
  const separator = inputNames.every((name) => Array.from(name).length === 1) ? '' : ' ';
  return Array.from({ length: Math.min(promptSymbols, steps) }, (_, t) => {
    return inputNames[inputs.subarray(t * width, (t + 1) * width).indexOf(1)] ?? '';
  }).join(separator);
}

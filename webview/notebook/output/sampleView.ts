import type { Inspection } from '../../../src/protocol/inspection';
import type { Sample, SampleRequest } from '../../../src/protocol/output';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import type { Model } from '../../store/model';
import { latestValue, LatestRequest } from '../../store/latestRequest';
import type { Store } from '../../store/store';
import { button, textField } from '../../ui/controls';
import { element, setText } from '../../ui/element';
import { numberField, numbersFromZero, wholeNumbers } from '../../ui/numberField';
import { visibleSymbol } from '../formatStep';

/** Symbols in a sample. */
const sampleLength = 240;
const promptSymbols = 8;

/** Text sampled from the network as it was before the update, one symbol after the other. */
export class SampleView {
  readonly element = element('div', { class: 'output-part' });
  readonly #prompt;
  readonly #temperature;
  readonly #seed;
  readonly #text = element('div', { class: 'sample', role: 'region', 'aria-label': 'Sampled text', tabindex: '0' });
  readonly #message = element('p', { class: 'output-problem', role: 'status' });
  readonly #request: LatestRequest<SampleRequest, Sample>;
  #shown: Sample | undefined;

  /** @param onChange called when a new sample has arrived */
  constructor(
    readonly store: Store,
    request: RequestReplay,
    onChange: () => void,
  ) {
    this.#request = new LatestRequest((params) => request('sample', params), onChange);
    this.#prompt = textField('prompt', 'Text that the network reads first; ↵ is a line break', (prompt) => {
      store.dispatch({ kind: 'viewChanged', view: { prompt: prompt.replaceAll('↵', '\n').replaceAll('⇥', '\t') } });
    });
    this.#temperature = numberField('temperature', numbersFromZero, (temperature) => {
      store.dispatch({ kind: 'viewChanged', view: { temperature } });
    });
    this.#seed = numberField('seed', wholeNumbers, (sampleSeed) => {
      store.dispatch({ kind: 'viewChanged', view: { sampleSeed } });
    });
    const again = button({
      label: 'Sample again',
      hint: 'Sample with the next seed',
      onPress: () => {
        store.dispatch({ kind: 'viewChanged', view: { sampleSeed: store.model.view.sampleSeed + 1 } });
      },
    });
    this.element.append(
      element('h3', {}, 'Sampled text'),
      element(
        'div',
        { class: 'sample-fields' },
        this.#prompt.element,
        this.#temperature.element,
        this.#seed.element,
        again,
      ),
      this.#message,
      this.#text,
    );
  }

  update({ view, run }: Model, inspection: Inspection): void {
    const canSample = readsWhatItPredicts(inspection);
    this.element.hidden = !canSample;
    if (!canSample) return;
    const { update } = inspection;
    const { temperature, sampleSeed: seed } = view;
    const prompt = view.prompt ?? promptOf(inspection);
    // The prompt stays the same when another update is selected, so that the samples can be compared.
    if (view.prompt === undefined) this.store.dispatch({ kind: 'viewChanged', view: { prompt } });
    this.#prompt.update(Array.from(prompt, (symbol) => (symbol === ' ' ? ' ' : visibleSymbol(symbol))).join(''));
    this.#temperature.update(temperature, true);
    this.#seed.update(seed, true);
    const answer = this.#request.request(
      { update, prompt, temperature, seed, length: sampleLength },
      String(run?.info.folder),
    );
    setText(this.#message, answer.kind === 'failed' ? answer.message : '');
    this.#message.hidden = answer.kind !== 'failed';
    const sample = latestValue(answer);
    this.#text.hidden = sample === undefined;
    if (sample === undefined || sample === this.#shown) return;
    this.#shown = sample;
    // As text, never as markup: the output of a network is untrusted.
    this.#text.replaceChildren(element('span', { class: 'sample-prompt' }, prompt), sample.text);
  }
}

/** Whether the network can read its own output. */
export function readsWhatItPredicts({ inputKind, lossKind, inputNames, outputNames }: Inspection): boolean {
  const isSame = inputNames.length === outputNames.length && inputNames.every((name, i) => name === outputNames[i]);
  return inputKind === 'oneHot' && lossKind === 'crossEntropy' && isSame;
}

/** The beginning of the selected sequence. */
function promptOf({ inputs, inputNames, steps }: Inspection): string {
  const width = inputNames.length;
  const separator = inputNames.every((name) => Array.from(name).length === 1) ? '' : ' ';
  return Array.from({ length: Math.min(promptSymbols, steps) }, (_, t) => {
    return inputNames[inputs.subarray(t * width, (t + 1) * width).indexOf(1)] ?? '';
  }).join(separator);
}

import { cellParts } from '../../store/cellParts';
import { html, render } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import type { Sample } from '../../../src/protocol/output';
import { canSample, promptSymbols } from '../../../src/protocol/sampling';
import { textOf } from '../../../src/text/symbols';
import type { View } from '../../store/model';
import { latestValue } from '../../store/latestRequest';
import type { Store } from '../../store/store';
import { buttonTemplate, textField } from '../../ui/controls';
import { element } from '../../ui/element';
import { numberField, numbersFromZero, wholeNumbers } from '../../ui/numberField';
import { visibleSymbol } from '../formatStep';
import type { SequenceDrawing } from '../sequenceCell';
import type { Table } from '../../plot/table';
import type { CellContext, CellPart } from '../cell/cellDeclaration';
import { foldablePart } from '../cell/foldablePart';
import { tablePart } from '../cell/tablePart';
import type { Output } from './output';
import { SampledText, sampleTable } from './sampledText';
import { translate } from '../../../src/text/translate';

/** Text sampled from the network as it was before the update, one symbol after the other. */
export class SampleView {
  readonly element = element('div', { class: 'output-part' });
  readonly store: Store;
  readonly #prompt;
  readonly #temperature;
  readonly #seed;
  readonly #text = new SampledText();
  readonly #table: CellPart<SequenceDrawing, Sampled>;

  constructor({ store, toggle }: Pick<CellContext, 'store' | 'toggle'>) {
    this.store = store;
    this.#table = foldablePart({ toggle }, cellParts.probabilities, tablePart(tableOf));
    this.#prompt = textField(
      translate`prompt`,
      translate`Text that the network reads first; ↵ is a line break`,
      (prompt) => {
        store.dispatch({ kind: 'viewChanged', view: { prompt: prompt.replaceAll('↵', '\n').replaceAll('⇥', '\t') } });
      },
    );
    this.#temperature = numberField(translate`temperature`, numbersFromZero, (temperature) => {
      store.dispatch({ kind: 'viewChanged', view: { temperature } });
    });
    this.#seed = numberField(translate`seed`, wholeNumbers, (sampleSeed) => {
      store.dispatch({ kind: 'viewChanged', view: { sampleSeed } });
    });
  }

  update({ sample: state }: Output, drawing: SequenceDrawing): void {
    const { inspection, theme } = drawing;
    const { view } = drawing.model;
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
      label: translate`Sample again`,
      hint: translate`Sample with the next seed`,
      onPress: () => {
        this.store.dispatch({ kind: 'viewChanged', view: { sampleSeed: seed + 1 } });
      },
    });
    this.#text.update(sample, prompt, inspection.inputNames, theme);
    if (sample !== undefined) this.#table.update(sampledOf(sample, inspection.inputNames), drawing);
    const isFailed = state.kind === 'failed';
    render(
      html`<h3>${translate`Sampled text`}</h3>
        <div class="sample-fields" ?hidden=${drawing.model.shared !== undefined}>
          ${this.#prompt.element}${this.#temperature.element}${this.#seed.element}${again}
        </div>
        <p class="output-problem" role="status" ?hidden=${!isFailed}>${isFailed ? state.message : ''}</p>
        ${this.#text.element}${sample === undefined ? '' : this.#table.element}`,
      this.element,
    );
  }
}

interface Sampled {
  readonly sample: Sample;
  readonly symbolNames: readonly string[];
}

const known = new WeakMap<Sample, Sampled>();

/** The same object for the same sample, so that its table is made once. */
function sampledOf(sample: Sample, symbolNames: readonly string[]): Sampled {
  const made = known.get(sample) ?? { sample, symbolNames };
  known.set(sample, made);
  return made;
}

function tableOf({ sample, symbolNames }: Sampled): Table {
  return sampleTable(sample, symbolNames);
}

/** The prompt of the view; by default the beginning of the selected sequence. */
export function promptFor(inspection: Inspection, { prompt }: View): string {
  return prompt ?? textOf(inspection, promptSymbols);
}

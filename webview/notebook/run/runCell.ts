import { formatComputation } from '../../../src/protocol/computation';
import { formatNumber, formatCount, formatMebibytes, formatShortNumber } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import { button } from '../../ui/controls';
import { element } from '../../ui/element';
import { CellFrame, isFolded, type NotebookCell, type Drawing } from '../cell';
import './run.css';

/** [15] What this run is: net, data, loss, truncation, clipping, optimizer, where its records are. */
export class RunCell implements NotebookCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #table = element('dl', { class: 'facts' });
  readonly #reveal: HTMLElement;
  #shown: RunInfo | undefined;

  constructor(onFold: (title: string) => void, onReveal: () => void) {
    this.#frame = new CellFrame(15, 'Run', onFold);
    this.element = this.#frame.element;
    this.#reveal = button({ label: 'Show the run’s folder', onPress: onReveal });
    this.#frame.body.append(this.#table, this.#reveal);
  }

  update({ model }: Drawing): void {
    this.#frame.fold(isFolded(model, this.#frame.title));
    const facts = model.run?.facts;
    if (facts === undefined || facts === this.#shown) return;
    this.#shown = facts;
    this.#frame.say(sentence(facts));
    this.#reveal.hidden = facts.folder === null;
    this.#table.replaceChildren(
      ...rowsOf(facts).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
    );
  }
}

function sentence(facts: RunInfo): string {
  const { cell, layerCount, hidden, parameterCount } = facts;
  const layers = layerCount === 1 ? 'one layer' : `${layerCount} layers`;
  return `${cell.toUpperCase()}, ${layers} of ${hidden} units, ${parameterCount.toLocaleString('en-US')} parameters, computed by the ${formatComputation(facts)}.`;
}

function rowsOf(facts: RunInfo): readonly (readonly [string, string])[] {
  const { bptt, clip, loss } = facts;
  return [
    [
      'Net',
      `x_t (${facts.inputs}) → h_t (${facts.hidden}${facts.layerCount === 1 ? '' : ` in each of ${facts.layerCount} layers`}) → ŷ_t (${facts.outputs})${facts.activation === null ? '' : `, φ = ${facts.activation}`}`,
    ],
    ['Data', `${facts.data}; T = ${formatCount(facts.steps, 'step')}, B = ${formatCount(facts.batch, 'sequence')}`],
    ['Lag', facts.lag === null ? 'not known' : `${formatCount(facts.lag, 'step')} to remember`],
    ['Loss', `${loss.kind === 'mse' ? 'mean squared error' : 'softmax cross-entropy'}, reduction ${loss.reduction}`],
    [
      'Baselines',
      facts.baselines.map(({ name, value, source }) => `${name}: ${formatNumber(value)} (${source})`).join('; ') ||
        'none known',
    ],
    ['BPTT', bptt === 'full' ? 'full' : `truncated: ${bptt.forward} steps forward, ${bptt.backward} back`],
    ['Clipping', clip === null ? 'none' : `${clip.kind}, ${formatShortNumber(clip.threshold)}`],
    ['Optimizer', facts.optimizer],
    [
      'Updates',
      `${facts.plannedUpdates.toLocaleString('en-US')} planned; series through time at every ${facts.recordEvery === 1 ? 'update' : `${facts.recordEvery}th update`}`,
    ],
    ['Seed', String(facts.seed)],
    ['Computed by', formatComputation(facts)],
    ['Memory', `${formatMebibytes(facts.memoryBytes)}, estimated`],
    ['Records', facts.folder ?? 'not kept on disk'],
    ...(facts.notes === '' ? [] : [['Notes', facts.notes] as const]),
  ];
}

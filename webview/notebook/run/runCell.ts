import { html, nothing, render } from 'lit-html';
import { formatComputation } from '../../../src/text/computation';
import { formatNumber, formatCount, formatMebibytes, formatShortNumber, formatExact } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import { buttonTemplate } from '../../ui/controls';
import { notationIn } from '../../ui/notationTemplate';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cell/cellFrame';
import './run.css';

/** What the buttons of the cell do. */
interface RunCellCommands {
  /** Shows the run's folder. */
  readonly reveal: () => void;
  /** Writes the run as one HTML file. */
  readonly share: () => void;
  /** Copies a link to the experiment and the view of the panel. */
  readonly copyLink: () => void;
}

/** [18] The settings of the run: network, data, loss, truncation, clipping, optimizer, folder. */
export class RunCell implements NotebookCell {
  readonly number = 18;
  readonly title = 'Run';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  #shown: RunInfo | undefined;

  /** @param commands undefined where no host can run them */
  constructor(
    toggle: ToggleCell,
    readonly commands: RunCellCommands | undefined,
  ) {
    this.#frame = new CellFrame(this.number, this.title, toggle);
    this.element = this.#frame.element;
  }

  update({ model }: Drawing): void {
    this.#frame.follow(model.view);
    const info = model.run?.info;
    if (info === undefined || info === this.#shown) return;
    this.#shown = info;
    this.#frame.setSummary(summary(info));
    const { commands } = this;
    const buttons =
      commands === undefined || info.folder === null
        ? nothing
        : [
            buttonTemplate({ label: 'Show run folder', onPress: commands.reveal }),
            buttonTemplate({
              label: 'Share as HTML file…',
              hint: 'Write this run as one HTML file that any browser opens, also offline',
              onPress: commands.share,
            }),
            buttonTemplate({
              label: 'Copy link',
              hint: 'Copy a link that opens this experiment in another VS Code with Unroll, where you look now',
              isHidden: info.recordedBy !== undefined,
              onPress: commands.copyLink,
            }),
          ];
    render(
      html`<dl class="run-info">
          ${rowsOf(info).map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${notationIn(value)}</dd>`,
          )}
        </dl>
        <div class="run-buttons">${buttons}</div>`,
      this.#frame.body,
    );
  }
}

function summary(info: RunInfo): string {
  if (info.imported !== undefined) {
    return `Imported from ${info.recordedBy ?? 'a log'}: its curves. The net, the data and the settings are not in it.`;
  }
  const { cell, layerCount, hidden, parameterCount } = info;
  const layers = layerCount === 1 ? 'one layer' : `${layerCount} layers`;
  // Another program may have a net without a recurrent layer, or layers of several sizes.
  const units = hidden === 0 ? '' : ` of ${hidden} units`;
  const net = layerCount === 0 ? 'No recurrent layer is known' : `${formatCell(cell)}, ${layers}${units}`;
  return `${net}, ${formatExact(parameterCount)} parameters, computed by ${info.recordedBy ?? `the ${formatComputation(info)}`}.`;
}

function formatCell(cell: RunInfo['cell']): string {
  return cell === 'unknown' ? 'Cells of several or other kinds' : cell.toUpperCase();
}

const scalings = {
  standard: 'every column to mean 0 and standard deviation 1 in the training part',
  minmax: 'every column to the range from 0 to 1 in the training part',
  none: 'none',
} as const;

/** Most targets whose rescaling is written out. */
const mostTargets = 4;

function formatScaling({ kind, targets }: NonNullable<RunInfo['scaling']>): string {
  if (kind === 'none') return scalings.none;
  const written = targets
    .slice(0, mostTargets)
    .map(({ shift, scale }) => `(y − ${formatShortNumber(shift)}) / ${formatShortNumber(scale)}`);
  const more = targets.length - written.length;
  const of =
    written.length === 0 ? '' : `; targets: ${written.join(', ')}${more > 0 ? ` and ${formatExact(more)} more` : ''}`;
  return `${scalings[kind]}${of}`;
}

function formatLoss({ kind, reduction, output }: RunInfo['loss']): string {
  switch (kind) {
    case 'other':
      return 'that of the program; which one is not recorded';
    case 'mse':
      return `mean squared error, reduction ${reduction}${output === 'sigmoid' ? ', of a sigmoid output' : ''}`;
    case 'crossEntropy':
      return `softmax cross-entropy, reduction ${reduction}`;
    default:
      return kind satisfies never;
  }
}

/** What the curves of a log are called. */
const roles: Readonly<Record<string, string>> = {
  loss: 'training loss',
  validationLoss: 'validation loss',
  gradNorm: 'norm of the gradient',
  learningRate: 'learning rate',
  validationAccuracy: 'validation accuracy',
};

function rowsOfLog({ log, step, curves, leftOut }: NonNullable<RunInfo['imported']>, info: RunInfo) {
  const rows: (readonly [string, string])[] = [
    ['Log', log],
    ['Update', step === 'row' ? 'the row of the log' : `“${step}” of the log`],
    ...Object.entries(curves).map(([role, name]) => [sentenceCase(roles[role] ?? role), `“${name}”`] as const),
    ...(leftOut.length === 0 ? [] : [['Left out', leftOut.map((name) => `“${name}”`).join(', ')] as const]),
    ['Records', info.folder ?? 'not stored on disk'],
  ];
  return rows;
}

function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const unknown = 'unknown';

/** A size of the net; another program may not know it. */
function sizeOf(count: number): string {
  return count === 0 ? unknown : String(count);
}

function rowsOf(info: RunInfo): readonly (readonly [string, string])[] {
  if (info.imported !== undefined) return rowsOfLog(info.imported, info);
  const { bptt, clip, loss } = info;
  return [
    [
      'Network',
      `x_t (${sizeOf(info.inputs)}) → h_t (${sizeOf(info.hidden)}${info.layerCount === 1 ? '' : ` in each of ${info.layerCount} layers`}) → ŷ_t (${sizeOf(info.outputs)})${info.activation === null ? '' : `, φ = ${info.activation}`}`,
    ],
    [
      'Data',
      `${info.data}; T = ${info.steps === 0 ? unknown : formatCount(info.steps, 'step')}, B = ${info.batch === 0 ? unknown : formatCount(info.batch, 'sequence')}`,
    ],
    ...(info.scaling === null ? [] : [['Scaling', formatScaling(info.scaling)] as const]),
    ['Lag', info.lag === null ? 'unknown' : `${formatCount(info.lag, 'step')} to remember`],
    ['Loss', formatLoss(loss)],
    [
      'Baselines',
      info.baselines.map(({ name, value, source }) => `${name}: ${formatNumber(value)} (${source})`).join('; ') ||
        'none',
    ],
    ['BPTT', bptt === 'full' ? 'full' : `truncated: ${bptt.forward} steps forward, ${bptt.backward} back`],
    ['Clipping', clip === null ? 'none' : `${clip.kind}, ${formatShortNumber(clip.threshold)}`],
    ['Optimizer', info.optimizer],
    [
      'Updates',
      `${info.plannedUpdates === 0 ? '' : `${formatExact(info.plannedUpdates)} planned; `}${info.noGradient === undefined ? 'series through time' : 'norms of weights'} at every ${info.recordEvery === 1 ? 'update' : `${info.recordEvery}th update`}`,
    ],
    ...(info.noGradient === undefined
      ? [['Seed', String(info.seed)] as const]
      : [['Gradient', `not recorded: ${info.noGradient}`] as const]),
    ['Computed by', info.recordedBy ?? formatComputation(info)],
    ...(info.recordedBy === undefined ? [['Memory', `${formatMebibytes(info.memoryBytes)}, estimated`] as const] : []),
    ['Records', info.folder ?? 'not stored on disk'],
    ...(info.notes === '' ? [] : [['Notes', info.notes] as const]),
  ];
}

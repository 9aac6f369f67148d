import { html, nothing, render } from 'lit-html';
import { formatComputation } from '../../../src/text/computation';
import { formatNumber, formatCount, formatMebibytes, formatShortNumber, formatExact } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import { buttonTemplate } from '../../ui/controls';
import { notationIn } from '../../ui/notationTemplate';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cell/cellFrame';
import { translate } from '../../../src/text/translate';
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
            buttonTemplate({ label: translate`Show run folder`, onPress: commands.reveal }),
            buttonTemplate({
              label: translate`Share as HTML file…`,
              hint: translate`Write this run as one HTML file that any browser opens, also offline`,
              onPress: commands.share,
            }),
            buttonTemplate({
              label: translate`Copy link`,
              hint: translate`Copy a link that opens this experiment in another VS Code with Unroll, where you look now`,
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
    return translate`Imported from ${info.recordedBy ?? translate`a log`}: its curves. The net, the data and the settings are not in it.`;
  }
  const { cell, layerCount, hidden, parameterCount } = info;
  const layers = layerCount === 1 ? translate`one layer` : translate`${layerCount} layers`;
  // Another program may have a net without a recurrent layer, or layers of several sizes.
  const units = hidden === 0 ? '' : translate` of ${hidden} units`;
  const net = layerCount === 0 ? translate`No recurrent layer is known` : `${formatCell(cell)}, ${layers}${units}`;
  return translate`${net}, ${formatExact(parameterCount)} parameters, computed by ${info.recordedBy ?? translate`the ${formatComputation(info)}`}.`;
}

function formatCell(cell: RunInfo['cell']): string {
  return cell === 'unknown' ? translate`Cells of several or other kinds` : cell.toUpperCase();
}

const scalings = {
  standard: translate`every column to mean 0 and standard deviation 1 in the training part`,
  minmax: translate`every column to the range from 0 to 1 in the training part`,
  none: translate`none`,
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
    written.length === 0
      ? ''
      : translate`; targets: ${written.join(', ')}${more > 0 ? translate` and ${formatExact(more)} more` : ''}`;
  return `${scalings[kind]}${of}`;
}

function formatLoss({ kind, reduction, output }: RunInfo['loss']): string {
  switch (kind) {
    case 'other':
      return translate`that of the program; which one is not recorded`;
    case 'mse':
      return translate`mean squared error, reduction ${reduction}${output === 'sigmoid' ? translate`, of a sigmoid output` : ''}`;
    case 'crossEntropy':
      return translate`softmax cross-entropy, reduction ${reduction}`;
    default:
      return kind satisfies never;
  }
}

/** What the curves of a log are called. */
const roles: Readonly<Record<string, string>> = {
  loss: translate`training loss`,
  validationLoss: translate`validation loss`,
  gradNorm: translate`norm of the gradient`,
  learningRate: translate`learning rate`,
  validationAccuracy: translate`validation accuracy`,
};

function rowsOfLog({ log, step, curves, leftOut }: NonNullable<RunInfo['imported']>, info: RunInfo) {
  const rows: (readonly [string, string])[] = [
    [translate`Log`, log],
    [translate`Update`, step === 'row' ? translate`the row of the log` : translate`“${step}” of the log`],
    ...Object.entries(curves).map(([role, name]) => [sentenceCase(roles[role] ?? role), `“${name}”`] as const),
    ...(leftOut.length === 0 ? [] : [[translate`Left out`, leftOut.map((name) => `“${name}”`).join(', ')] as const]),
    [translate`Records`, info.folder ?? translate`not stored on disk`],
  ];
  return rows;
}

function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const unknown = translate`unknown`;

/** A size of the net; another program may not know it. */
function sizeOf(count: number): string {
  return count === 0 ? unknown : String(count);
}

function rowsOf(info: RunInfo): readonly (readonly [string, string])[] {
  if (info.imported !== undefined) return rowsOfLog(info.imported, info);
  const { bptt, clip, loss } = info;
  return [
    [
      translate`Network`,
      `x_t (${sizeOf(info.inputs)}) → h_t (${sizeOf(info.hidden)}${info.layerCount === 1 ? '' : translate` in each of ${info.layerCount} layers`}) → ŷ_t (${sizeOf(info.outputs)})${info.activation === null ? '' : `, φ = ${info.activation}`}`,
    ],
    [
      translate`Data`,
      `${info.data}; T = ${info.steps === 0 ? unknown : formatCount(info.steps, 'step')}, B = ${info.batch === 0 ? unknown : formatCount(info.batch, 'sequence')}`,
    ],
    ...(info.scaling === null ? [] : [[translate`Scaling`, formatScaling(info.scaling)] as const]),
    [translate`Lag`, info.lag === null ? translate`unknown` : translate`${formatCount(info.lag, 'step')} to remember`],
    [translate`Loss`, formatLoss(loss)],
    [
      translate`Baselines`,
      info.baselines.map(({ name, value, source }) => `${name}: ${formatNumber(value)} (${source})`).join('; ') ||
        translate`none`,
    ],
    [
      translate`BPTT`,
      bptt === 'full' ? translate`full` : translate`truncated: ${bptt.forward} steps forward, ${bptt.backward} back`,
    ],
    [translate`Clipping`, clip === null ? translate`none` : `${clip.kind}, ${formatShortNumber(clip.threshold)}`],
    [translate`Optimizer`, info.optimizer],
    [
      translate`Updates`,
      translate`${info.plannedUpdates === 0 ? '' : translate`${formatExact(info.plannedUpdates)} planned; `}${info.noGradient === undefined ? translate`series through time` : translate`norms of weights`} at every ${info.recordEvery === 1 ? translate`update` : `${info.recordEvery}th update`}`,
    ],
    ...(info.noGradient === undefined
      ? [[translate`Seed`, String(info.seed)] as const]
      : [[translate`Gradient`, translate`not recorded: ${info.noGradient}`] as const]),
    [translate`Computed by`, info.recordedBy ?? formatComputation(info)],
    ...(info.recordedBy === undefined
      ? [[translate`Memory`, `${formatMebibytes(info.memoryBytes)}, estimated`] as const]
      : []),
    [translate`Records`, info.folder ?? translate`not stored on disk`],
    ...(info.notes === '' ? [] : [[translate`Notes`, info.notes] as const]),
  ];
}

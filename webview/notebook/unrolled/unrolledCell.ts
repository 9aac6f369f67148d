import { html, render, type TemplateResult } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber, formatExact } from '../../../src/text/numbers';
import { widthOfStep } from '../../plot/sequenceAxis';
import { gutters } from '../../plot/trainingAxis';
import type { SharedZoom } from '../../plot/zoom';
import { SignedScale } from '../../plot/heatmap/signedScale';
import { columnsOf, layoutOf, lineLayout, partAt, type NetLayout } from '../../net/layout';
import { tokenOf } from '../../net/netLines';
import { NetPicture } from '../../net/netPicture';
import type { NetScene } from '../../net/netScene';
import { rowNamed, rowsOf, type NetRow } from '../../net/rows';
import { stepUnderWay, unfoldedColumns } from '../../net/unfolding';
import type { Model } from '../../store/model';
import type { Store } from '../../store/store';
import type { Theme } from '../../theme/theme';
import { button, choice } from '../../ui/controls';
import { element, setAttribute, setText } from '../../ui/element';
import { netTable } from '../sequenceTables';
import { CellFrame, type ToggleCell } from '../cellFrame';
import { FormulaView } from './formulaView';
import { memoKey } from '../memo';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { stepInFocus, type SequenceCell, type SequenceDrawing } from '../sequenceCell';
import { formatInput, formatOutput, formatTarget } from '../formatStep';
import { UnfoldingAnimation } from './unfoldingAnimation';
import '../../net/net.css';
import './unrolled.css';

/** Width in pixels of a step when the network is drawn as a loop. */
const loopStep = 130;

/** [7] The network as a loop, or unrolled into a line of steps; every node with its formula. */
export class UnrolledCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #surface: SequenceSurface;
  readonly #picture = new NetPicture();
  readonly #labels = element('div', { 'aria-hidden': 'true' });
  readonly #legend = element('div', { class: 'legend' });
  readonly #formula: FormulaView;
  readonly #layer;
  readonly #loopButton: HTMLElement;
  readonly #motion: UnfoldingAnimation;
  readonly #plot: HTMLElement;
  #scaleLimits = new Map<string, number>();
  #scaleLimitsKey = '';
  #rows: readonly NetRow[] = [];
  #rowsKey = '';
  #layout: NetLayout | undefined;
  #layoutKey = '';
  #drawing: SequenceDrawing | undefined;
  #drawn = '';

  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    toggle: ToggleCell,
  ) {
    this.#frame = new CellFrame(7, 'Unrolled net', toggle);
    this.element = this.#frame.element;
    this.#surface = new SequenceSurface(store, zoom, 'The unrolled network over time steps', {
      onPick: (y) => {
        this.#onPick(y);
      },
      handleKey: (key) => this.#handleKey(key),
      keys: 'Up and down arrow keys move from node to node, Enter goes to the formula, U folds and unfolds the loop.',
    });
    this.#layer = choice<string>('Layer', (layer) => {
      store.dispatch({ kind: 'viewChanged', view: { layer: Number(layer) } });
    });
    this.#loopButton = button({
      label: 'Fold into the loop',
      onPress: () => {
        this.#toggleLoop();
      },
    });
    this.#motion = new UnfoldingAnimation(() => {
      this.#redraw();
    });
    this.#formula = new FormulaView((unit) => {
      store.dispatch({ kind: 'viewChanged', view: { unit } });
    });
    this.#frame.tools.append(this.#layer.element, this.#loopButton);
    this.#plot = element('div', { class: 'plot net-plot' }, this.#picture.element, this.#surface.element);
    this.#frame.body.append(this.#frame.readout, this.#plot, this.#labels, this.#legend, this.#formula.element);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection } = drawing;
    this.#drawing = drawing;
    this.#frame.follow(model.view);
    this.#frame.setSummary(summary(inspection, model.view.net));
    this.#offerLayers(inspection, model.view.layer);
    this.#surface.update(drawing);
    if (this.#frame.body.hidden) return;
    this.#motion.follow(model.view.net === 'line' ? 1 : 0, Math.ceil(drawing.axis.domain[1] - drawing.axis.domain[0]));
    this.#redraw();
  }

  #offerLayers({ layers }: Inspection, layer: number): void {
    this.#layer.element.hidden = layers.length === 1;
    this.#layer.setOptions(
      layers.map((_, l) => ({ value: String(l), label: String(l) })),
      String(layer),
    );
  }

  /** Draws the current state of the view and the animation. */
  #redraw(): void {
    const drawing = this.#drawing;
    if (drawing === undefined) return;
    const { model, inspection, axis, theme } = drawing;
    const { view } = model;
    const layer = Math.min(view.layer, inspection.layers.length - 1);
    const share = this.#motion.share;
    const rows = this.#rowsFor(inspection, layer);
    const selected = rowNamed(rows, view.node, layer);
    const t = view.selection?.t ?? model.hover?.t ?? inspection.steps - 1;
    const shownStep = Math.max(0, Math.min(inspection.steps - 1, t));
    this.#updateTexts(drawing, share);
    this.#formula.update(
      inspection,
      { node: selected?.node ?? 'h', layer, t: shownStep },
      Math.min(view.unit, (selected?.units ?? 1) - 1),
    );
    if (selected !== undefined) {
      this.#frame.setTable(memoKey(inspection, selected), () => netTable(inspection, selected));
    }
    const layout = this.#layoutFor(rows, share, drawing);
    const focus = stepInFocus(model, inspection.steps) ?? shownStep;
    const columns =
      share === 0 ? [{ t: focus, x: axis.width / 2 }] : unfoldedColumns(columnsOf(axis), axis.width / 2, share);
    const key = memoKey(inspection, layout, axis.width, axis.domain, theme, share, share === 0 ? focus : 0);
    if (key !== this.#drawn) {
      this.#drawn = key;
      const scene = { inspection, layout, columns, hasLoop: share < 1, width: axis.width, theme };
      this.#draw({ ...scene, scaleOf: this.#scales(drawing, rows) }, drawing);
    }
    this.#plot.classList.toggle('has-nodes', layout.detail !== 'colours');
    this.#picture.mark({
      layout,
      columns,
      selected,
      t: share === 0 ? focus : shownStep,
      focus: share === 0 ? undefined : stepInFocus(model, inspection.steps),
      stepWidth: widthOfStep(axis),
    });
  }

  #draw(scene: NetScene, { axis, theme }: SequenceDrawing): void {
    this.#picture.draw(scene);
    const isLoop = scene.hasLoop && scene.columns.length === 1;
    const under = scene.columns.map(({ t, x }) => {
      const token = element('span', {}, tokenOf(scene, t, isLoop ? loopStep : widthOfStep(axis)) ?? '');
      token.style.left = `${gutters.left + x}px`;
      return token;
    });
    const tokens = under.filter(({ textContent }) => textContent !== '');
    this.#labels.replaceChildren(
      ...(tokens.length > 0 ? [element('div', { class: 'tokens' }, ...tokens)] : []),
      ...(scene.hasLoop ? [] : [stepLabels(axis)]),
    );
    render(legend(this.#scaleLimits, theme), this.#legend);
  }

  #updateTexts({ model, inspection }: SequenceDrawing, share: number): void {
    this.#plot.classList.toggle('is-loop', share < 1);
    const moving = this.#motion.isMoving;
    setText(
      this.#loopButton,
      moving ? 'Stop the animation' : model.view.net === 'line' ? 'Fold into the loop' : 'Unfold the loop',
    );
    setAttribute(this.#loopButton, 'aria-label', this.#loopButton.textContent);
    this.#loopButton.title = this.#loopButton.textContent;
    const drawing = this.#drawing;
    if (moving && drawing !== undefined) {
      const t = stepUnderWay(columnsOf(drawing.axis), share);
      setText(this.#frame.readout, `Step ${t}: the same W_xh, W_hh and W_hy again. Unrolling the loop gives a line.`);
      return;
    }
    setText(this.#frame.readout, readout(inspection, stepInFocus(model, inspection.steps), model));
  }

  #rowsFor(inspection: Inspection, layer: number): readonly NetRow[] {
    const key = memoKey(inspection, layer);
    if (key !== this.#rowsKey) this.#rows = rowsOf(inspection, layer);
    this.#rowsKey = key;
    return this.#rows;
  }

  /** During the animation the layout is that of the line, so that nothing jumps at the end. */
  #layoutFor(rows: readonly NetRow[], share: number, { axis }: SequenceDrawing): NetLayout {
    const key = memoKey(rows, share === 0 ? 'loop' : widthOfStep(axis));
    if (key !== this.#layoutKey || this.#layout === undefined) {
      this.#layout = share === 0 ? layoutOf(rows, loopStep) : lineLayout(rows, axis);
    }
    this.#layoutKey = key;
    return this.#layout;
  }

  /** The scales only grow while another update is selected; another run resets them. */
  #scales({ model, theme }: SequenceDrawing, rows: readonly NetRow[]): NetScene['scaleOf'] {
    const run = memoKey(model.run?.info);
    if (run !== this.#scaleLimitsKey) this.#scaleLimits = new Map();
    this.#scaleLimitsKey = run;
    for (const { symbol, limit } of rows) {
      this.#scaleLimits.set(symbol, Math.max(limit, this.#scaleLimits.get(symbol) ?? 0));
    }
    return ({ symbol }) => new SignedScale(this.#scaleLimits.get(symbol) ?? 1, theme);
  }

  #toggleLoop(): void {
    if (this.#motion.isMoving) {
      this.#motion.stop();
      return;
    }
    const net = this.store.model.view.net === 'line' ? 'loop' : 'line';
    this.store.dispatch({ kind: 'viewChanged', view: { net } });
  }

  #onPick(y: number): void {
    const part = this.#layout === undefined ? undefined : partAt(this.#layout, y);
    if (part !== undefined) this.#selectNode(part.row, part.unit);
  }

  #selectNode({ node, layer }: NetRow, unit: number): void {
    this.store.dispatch({ kind: 'viewChanged', view: { node, unit, ...(layer < 0 ? {} : { layer }) } });
  }

  #handleKey(key: string): boolean {
    const { view } = this.store.model;
    switch (key) {
      case 'ArrowUp':
      case 'ArrowDown': {
        const selected = rowNamed(this.#rows, view.node, view.layer);
        const at = this.#rows.findIndex((row) => row === selected) + (key === 'ArrowUp' ? -1 : 1);
        const row = this.#rows[at];
        if (row !== undefined) this.#selectNode(row, Math.min(view.unit, row.units - 1));
        return true;
      }
      case 'Enter':
        this.#formula.element.focus();
        return true;
      case 'u':
      case 'U':
        this.#toggleLoop();
        return true;
      case 'Escape':
        if (!this.#motion.isMoving) return false;
        this.#motion.stop();
        return true;
      default:
        return false;
    }
  }
}

function legend(limits: ReadonlyMap<string, number>, theme: Theme): TemplateResult {
  const scale = new SignedScale(1, theme);
  const colours = [-1, -0.5, 0, 0.5, 1].map((value) => scale.css(value)).join(', ');
  const ends = new Map<string, string[]>();
  for (const [symbol, limit] of limits) {
    const end = `±${formatNumber(limit)}`;
    ends.set(end, [...(ends.get(end) ?? []), symbol]);
  }
  const limitTexts = [...ends].map(([end, symbols]) => `${symbols.join(', ')}: ${end}`);
  return html`<span
      >negative <i class="signed-bar" .style=${`background: linear-gradient(to right, ${colours})`}></i> positive</span
    ><span>${limitTexts.join(' · ')}</span>`;
}

function summary({ sequence, batch, steps, update, cell }: Inspection, net: Model['view']['net']): string {
  const where = `Sequence ${sequence} of ${batch} at update ${formatExact(update)}`;
  return net === 'line'
    ? `${where}: ${steps} steps of the ${cell.toUpperCase()}, time to the right, from x_t at the bottom up to L_t. Select a node for its formula.`
    : `${where}: the ${cell.toUpperCase()} as a loop, ${steps} steps with the same weights.`;
}

function readout(inspection: Inspection, t: number | undefined, { view }: Model): string {
  if (t === undefined) return 'Point at a step to see its values.';
  const shown = inspection.layers[Math.min(view.layer, inspection.layers.length - 1)];
  const state = shown?.h.subarray(t * shown.hidden, (t + 1) * shown.hidden) ?? new Float64Array(0);
  return [
    `t = ${t}`,
    `x_${t} = ${formatInput(inspection, t)}`,
    `‖h_${t}‖ = ${formatNumber(Math.hypot(...state))}`,
    formatOutput(inspection, t),
    formatTarget(inspection, t),
  ].join(' · ');
}

import { render } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { columnsOf, layoutOf, lineLayout, netScale, partAt, type NetLayout } from '../../net/layout';
import { gradientScale } from '../../net/gradientArrows';
import { tokenOf } from '../../net/netLines';
import { NetPicture } from '../../net/netPicture';
import type { NetGradient, NetScene } from '../../net/netScene';
import { rowNamed, type NetRow } from '../../net/rows';
import { stateNorms, type StateNorms } from '../../net/stateNorms';
import { movingStep, unrolledColumns } from '../../net/unrolling';
import type { Model } from '../../store/model';
import { SignedScale } from '../../plot/heatmap/signedScale';
import { widthOfStep } from '../../plot/sequenceAxis';
import { SequenceSurface, stepLabels, type PictureHandlers } from '../../plot/sequenceSurface';
import { gutters } from '../../plot/trainingAxis';
import { buttonTemplate, choice, type ButtonSpec } from '../../ui/controls';
import { element } from '../../ui/element';
import { BackwardPlayer, stepSelector } from '../backward/backwardPlayer';
import { Memo, memoKey } from '../memo';
import type { CellContext, CellPart, CellTools } from '../cell/cellDeclaration';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { FormulaView } from '../formula/formulaView';
import { grownLimits } from './netLimits';
import { gradientLegend, netLegend } from './netLegend';
import { shownFormula } from './shownFormula';
import { shownNode } from './shownNode';
import { UnrollingAnimation } from './unrollingAnimation';
import { translate } from '../../../src/text/translate';

/** Width in pixels of a step when the network is drawn as a loop. */
const loopStep = 130;

/** Share of the window's height that a presented net takes. */
const shareOfPresented = 0.55;

/** The network as a loop or a line of steps, with a motion between the two. */
export class NetView implements CellPart<SequenceDrawing, Inspection> {
  readonly element: HTMLElement;
  /** The choice of the layer, and the button that shows the loop or the unrolled net. */
  readonly tools: CellTools<SequenceDrawing>;
  /** The formula of the selected node. */
  readonly formula: CellPart<SequenceDrawing, Inspection>;
  readonly #surface: SequenceSurface;
  readonly #picture = new NetPicture();
  readonly #labels = element('div', { 'aria-hidden': 'true' });
  readonly #legend = element('div', { class: 'legend' });
  readonly #formula: FormulaView;
  readonly #loopButton = element('div');
  readonly #gradientButton = element('div', { class: 'gradient-button' });
  readonly #player: BackwardPlayer;
  readonly #norms = new Memo<StateNorms>();
  readonly #motion: UnrollingAnimation;
  readonly #plot: HTMLElement;
  readonly #layout = new Memo<NetLayout>();
  /** The layout that is drawn. */
  #shownLayout: NetLayout | undefined;
  #scale = 1;
  #drawing: SequenceDrawing | undefined;
  #drawn = '';

  constructor(readonly context: CellContext) {
    const { store, zoom } = context;
    this.#surface = new SequenceSurface(store, zoom, translate`The unrolled network over time steps`, this.#handlers());
    this.#motion = new UnrollingAnimation(() => {
      this.#redraw();
    });
    this.#formula = new FormulaView(translate`Formula of the selected node`, (unit) => {
      store.dispatch({ kind: 'viewChanged', view: { unit } });
    });
    this.#player = new BackwardPlayer(stepSelector(store));
    this.tools = this.#makeTools();
    this.formula = {
      element: this.#formula.element,
      update: (inspection, { model }) => {
        const { selected, layer, t } = shownNode(inspection, model);
        const unit = Math.min(model.view.unit, (selected?.units ?? 1) - 1);
        const at = { node: selected?.node ?? 'h', layer, t };
        this.#formula.update(memoKey(inspection, at.node, layer, t), unit, () => shownFormula(inspection, at));
      },
    };
    this.#plot = element('div', { class: 'plot net-plot' }, this.#picture.element, this.#surface.element);
    this.element = element(
      'div',
      {},
      this.#plot,
      this.#labels,
      this.#player.element,
      this.#gradientButton,
      this.#legend,
    );
  }

  update(_: Inspection, drawing: SequenceDrawing): void {
    const { model, axis } = drawing;
    this.#drawing = drawing;
    this.#surface.update(drawing);
    this.#motion.follow(model.view.net === 'line' ? 1 : 0, Math.ceil(axis.domain[1] - axis.domain[0]));
    this.#redraw();
  }

  #makeTools(): CellTools<SequenceDrawing> {
    const { store } = this.context;
    const layers = choice<string>(translate`Layer`, (layer) => {
      store.dispatch({ kind: 'viewChanged', view: { layer: Number(layer) } });
    });
    return {
      elements: [layers.element, this.#loopButton],
      update: ({ model, inspection }) => {
        layers.element.hidden = inspection.layers.length === 1;
        layers.setOptions(
          inspection.layers.map((_, l) => ({ value: String(l), label: String(l) })),
          String(model.view.layer),
        );
        const isLine = model.view.net === 'line';
        const label = this.#motion.isMoving
          ? translate`Stop the animation`
          : isLine
            ? translate`Show the loop`
            : translate`Unroll the loop`;
        const toggle = (): void => {
          this.#toggleLoop();
        };
        render(buttonTemplate({ label, onPress: toggle }), this.#loopButton);
      },
    };
  }

  #gradientSpec({ view }: Model): ButtonSpec {
    return {
      label: view.netGradient && view.net === 'line' ? translate`Hide the gradient` : translate`Show the gradient`,
      hint: translate`The gradient of the states, from the last step back to the first`,
      onPress: () => {
        this.#toggleGradient();
      },
    };
  }

  /** A loop has no steps to flow back through: the gradient is shown in the unrolled net. */
  #toggleGradient(): void {
    const { store } = this.context;
    const { netGradient, net } = store.model.view;
    store.dispatch({ kind: 'viewChanged', view: { netGradient: net === 'loop' || !netGradient, net: 'line' } });
  }

  /** Draws the current state of the view and the animation. */
  #redraw(): void {
    const drawing = this.#drawing;
    if (drawing === undefined) return;
    const { model, inspection, axis, theme } = drawing;
    const { rows, selected, t } = shownNode(inspection, model);
    const share = this.#motion.share;
    this.#followMotion(drawing, share);
    this.#scale = netScale(rows, axis, this.#heightToFill(model));
    const scale = this.#scale;
    const width = axis.width / scale;
    const layout = this.#layoutFor(rows, share, drawing);
    const focus = stepInFocus(model, inspection.steps);
    const loopStepShown = focus ?? t;
    const columns =
      share === 0 ? [{ t: loopStepShown, x: width / 2 }] : unrolledColumns(columnsOf(axis, scale), width / 2, share);
    const limits = this.#limitsFor(rows);
    const limitsKey = Object.values(limits).join();
    const at = share === 0 ? loopStepShown : 0;
    const gradient = this.#gradientOf(drawing);
    const gradientKey = gradient === undefined ? '' : `${gradient.layer} ${gradient.from} ${gradient.scale.decades.to}`;
    const key = memoKey(inspection, layout, axis.width, scale, axis.domain, theme, share, at, limitsKey, gradientKey);
    render(buttonTemplate(this.#gradientSpec(model)), this.#gradientButton);
    this.#player.element.hidden = gradient === undefined;
    if (gradient !== undefined) this.#player.update(axis, gradient.from);
    if (key !== this.#drawn) {
      this.#drawn = key;
      const scaleOf = ({ symbol }: NetRow): SignedScale => new SignedScale(limits[symbol] ?? 1, theme);
      this.#draw({ inspection, layout, columns, hasLoop: share < 1, width, scale, theme, scaleOf, gradient }, drawing);
      render([netLegend(limits, theme), gradientLegend(gradient, layout.detail)], this.#legend);
    }
    this.#plot.classList.toggle('is-loop', share < 1);
    this.#plot.classList.toggle('has-nodes', layout.detail !== 'colours');
    this.#picture.mark({
      layout,
      columns,
      selected,
      t: share === 0 ? loopStepShown : t,
      focus: share === 0 ? undefined : focus,
      stepWidth: widthOfStep(axis) / scale,
      scale,
    });
  }

  /** The gradient to show, as far back as the selected step; the whole of it where no step is selected. */
  #gradientOf({ model, inspection, theme }: SequenceDrawing): NetGradient | undefined {
    const { view } = model;
    const layer = Math.min(view.layer, inspection.layers.length - 1);
    const inspected = inspection.layers[layer];
    if (!view.netGradient || view.net === 'loop' || inspected === undefined) return undefined;
    const norms = this.#norms.of(memoKey(inspected), () => stateNorms(inspected, inspection));
    const largest = Math.max(view.netGradientLimit, ...largestOf(norms));
    if (largest > view.netGradientLimit)
      this.context.store.dispatch({ kind: 'viewChanged', view: { netGradientLimit: largest } });
    const from = Math.min(view.selection?.t ?? 0, inspection.steps - 1);
    return { layer, norms, scale: gradientScale(largest, theme), from };
  }

  #draw(scene: NetScene, { axis }: SequenceDrawing): void {
    this.#picture.draw(scene);
    const isLoop = scene.hasLoop && scene.columns.length === 1;
    const under = scene.columns.map(({ t, x }) => {
      const token = element('span', {}, tokenOf(scene, t, isLoop ? loopStep : widthOfStep(axis) / scene.scale) ?? '');
      token.style.left = `${gutters.left + x * scene.scale}px`;
      return token;
    });
    const tokens = under.filter(({ textContent }) => textContent !== '');
    this.#labels.replaceChildren(
      ...(tokens.length > 0 ? [element('div', { class: 'tokens' }, ...tokens)] : []),
      ...(scene.hasLoop ? [] : [stepLabels(axis)]),
    );
  }

  /** A net that is presented fills what its title, its formula and the bar leave of the window. */
  #heightToFill({ view }: Model): number | undefined {
    return view.presented === 'Unrolled net' ? innerHeight * shareOfPresented : undefined;
  }

  /** Tells the store which step the motion has reached, for the readout and the button. */
  #followMotion({ axis }: SequenceDrawing, share: number): void {
    const { store } = this.context;
    const step = this.#motion.isMoving ? movingStep(columnsOf(axis), share) : undefined;
    if (step !== store.model.unrollingStep) store.dispatch({ kind: 'unrollingMoved', step });
  }

  /** During the animation the layout is that of the line, so that nothing jumps at the end. */
  #layoutFor(rows: readonly NetRow[], share: number, { axis }: SequenceDrawing): NetLayout {
    const scale = this.#scale;
    const key = memoKey(rows, share === 0 ? 'loop' : widthOfStep(axis), scale);
    this.#shownLayout = this.#layout.of(key, () =>
      share === 0 ? layoutOf(rows, loopStep) : lineLayout(rows, axis, scale),
    );
    return this.#shownLayout;
  }

  #limitsFor(rows: readonly NetRow[]): Readonly<Record<string, number>> {
    const { store } = this.context;
    const before = store.model.view.netLimits;
    const netLimits = grownLimits(before, rows);
    if (netLimits !== before) store.dispatch({ kind: 'viewChanged', view: { netLimits } });
    return netLimits;
  }

  #toggleLoop(): void {
    if (this.#motion.isMoving) {
      this.#motion.stop();
      return;
    }
    const { store } = this.context;
    store.dispatch({ kind: 'viewChanged', view: { net: store.model.view.net === 'line' ? 'loop' : 'line' } });
  }

  #handlers(): PictureHandlers {
    return {
      onPick: (y) => {
        const part = this.#shownLayout === undefined ? undefined : partAt(this.#shownLayout, y / this.#scale);
        if (part !== undefined) this.#selectNode(part.row, part.unit);
      },
      handleKey: (key) => this.#handleKey(key),
      keys: translate`Up and down arrow keys move from node to node, Enter goes to the formula, U shows the loop or the unrolled net, G the gradient, and the space bar follows it one step back.`,
    };
  }

  #selectNode({ node, layer }: NetRow, unit: number): void {
    this.context.store.dispatch({ kind: 'viewChanged', view: { node, unit, ...(layer < 0 ? {} : { layer }) } });
  }

  #handleKey(key: string): boolean {
    const { view } = this.context.store.model;
    switch (key) {
      case 'ArrowUp':
      case 'ArrowDown': {
        const rows = this.#shownLayout?.rows.map(({ row }) => row) ?? [];
        const selected = rowNamed(rows, view.node, view.layer);
        const at = rows.findIndex((row) => row === selected) + (key === 'ArrowUp' ? -1 : 1);
        const row = rows[at];
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
      case 'g':
      case 'G':
        this.#toggleGradient();
        return true;
      case ' ':
        if (this.#player.element.hidden) return false;
        this.#player.back();
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

/** The largest finite norm of each kind. */
function largestOf({ total, local, later, laterCell }: StateNorms): readonly number[] {
  return [total, local, later, laterCell].map((values) =>
    values.reduce((largest, value) => (Number.isFinite(value) ? Math.max(largest, value) : largest), 0),
  );
}
